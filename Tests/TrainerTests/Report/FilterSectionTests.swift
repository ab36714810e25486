import Foundation
import TestSupport
import Testing

@testable import Model
@testable import Pages
@testable import Runs
@testable import Training

@Suite("The filters in a report")
struct FilterSectionTests {
  /// The pictures' addresses, the captions and the page of a report with these kernels.
  private func section(_ kernels: ConvolutionKernels?) throws -> (
    pictures: [String?], captions: [[String]], page: ReportPage
  ) {
    var report = RunReport.sample()
    report.kernels = kernels
    let page = try ReportPage(report)
    let gallery = page.root.all("div", class: "filters").first
    return (
      gallery?.all("img").map { $0.attributes["src"] } ?? [],
      gallery?.all("figcaption").map { $0.children.map(\.text) } ?? [], page
    )
  }

  @Test("of one input channel are gray, each scaled by its largest weight, which is shown")
  func gray() throws {
    // Three kernels of 2 x 2: weights by place, then by kernel.
    let kernels = ConvolutionKernels(
      layer: "conv1", rows: 2, columns: 2, channels: 1, count: 3,
      weights: [0.5, 0, -8, -0.5, 0, 0, 0, 0, 4, 0.25, 0, .nan])
    let (pictures, captions, page) = try section(kernels)
    let expected: [[UInt8]] = [[255, 0, 128, 191], [128, 128, 128, 128], [0, 128, 191, 128]]
    #expect(
      try pictures
        == expected.map { try PNGImage(pixels: $0, rows: 2, columns: 2).address })
    #expect(captions == [["0", "± 0.5"], ["1", "± 0"], ["2", "± 8"]])
    #expect(page.html.contains("The kernels of conv1, 2 × 2 weights for each output channel"))
    #expect(page.html.contains("Mid-gray is a weight of 0, white the kernel&#39;s largest"))
    page.expectSelfContained()
  }

  @Test("of three input channels are colored, with one scale for all three")
  func color() throws {
    // Two kernels of one pixel: weights by input channel, then by kernel.
    let kernels = ConvolutionKernels(
      layer: "conv1", rows: 1, columns: 1, channels: 3, count: 2,
      weights: [1, 0.001, 0, -0.002, -1, 0.001])
    let (pictures, captions, page) = try section(kernels)
    #expect(
      try pictures
        == [[255, 128, 0], [191, 0, 191]].map {
          try PNGImage(pixels: $0, rows: 1, columns: 1, channels: 3).address
        })
    #expect(captions == [["0", "± 1"], ["1", "± 0.002"]])
    #expect(page.html.contains("are a pixel&#39;s red, green and blue"))
  }

  @Test("of other numbers of input channels show the first, and no more than fit a page")
  func others() throws {
    let kernels = ConvolutionKernels(
      layer: "conv1", rows: 1, columns: 2, channels: 2, count: 65,
      weights: (0..<260).map { Float($0 / 65 == 0 ? 3 : $0 / 65 == 2 ? -3 : 9) })
    let (pictures, captions, page) = try section(kernels)
    let picture = try PNGImage(pixels: [255, 0], rows: 1, columns: 2).address
    #expect(pictures == [String?](repeating: picture, count: FilterSection.limit))
    #expect(captions.last == ["63", "± 3"])
    #expect(page.html.contains("Of 2 input channels, the first is shown."))
    #expect(page.html.contains("The first 64 of 65 output channels are shown."))
  }

  @Test("are those of the run's model, if it has a model file and begins with a convolution")
  func run() throws {
    let folder = try TemporaryFolder()
    let outcome = RunReport.sample().outcome
    func kernels(of model: String, writesModel: Bool = true) throws -> ConvolutionKernels? {
      var files = RunFiles(accuracies: [0.9], seconds: 3)
      files.settings["model"] = model
      let directory = try files.write(to: UUID().uuidString, in: folder)
      if writesModel {
        let architecture = try testArchitecture(model: model)
        try ModelFile.write(
          ModelFileTests.model(architecture), architecture: architecture,
          path: directory + "/model.safetensors")
      }
      return try RunReport.make(directory: directory, outcome: outcome).kernels
    }
    for model in ["conv 4x3 bn relu", "residual(conv 4x3, conv 4x3) relu"] {
      let found = try #require(try kernels(of: model))
      let state = ModelFileTests.model(try testArchitecture(model: model))
      let tensor = try #require(state.tensors.first { $0.entry.name == "conv1.weight" })
      #expect(tensor.entry.shape == [3, 3, 1, 4])
      #expect(
        found
          == ConvolutionKernels(
            layer: "conv1", rows: 3, columns: 3, channels: 1, count: 4, weights: tensor.values))
    }
    #expect(try kernels(of: "conv 4x3", writesModel: false) == nil)
    #expect(try kernels(of: "dense 5 relu") == nil)
    #expect(try section(nil).page.root.all("div", class: "filters").isEmpty)
    #expect(try !section(nil).page.html.contains("Filters of the first layer"))
  }

  @Test("of a damaged model file are an error that names it")
  func damaged() throws {
    let folder = try TemporaryFolder()
    var files = RunFiles(accuracies: [0.9], seconds: 3)
    files.settings["model"] = "conv 4x3"
    let directory = try files.write(to: "run", in: folder)
    let architecture = try testArchitecture(model: "conv 4x3")
    let path = directory + "/model.safetensors"
    try ModelFile.write(
      ModelFileTests.model(architecture), architecture: architecture, path: path)
    var bytes = try folder.bytes("run/model.safetensors")
    bytes[bytes.count - 1] ^= 1
    try folder.write(bytes, to: "run/model.safetensors")
    let outcome = RunReport.sample().outcome
    let error = try #require(throws: TrainerError.self) {
      try RunReport.make(directory: directory, outcome: outcome)
    }
    #expect(error.description.hasPrefix(path))
  }
}
