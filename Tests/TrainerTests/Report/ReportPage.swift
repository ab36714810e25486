import Foundation
import FoundationXML
import Testing

@testable import ImageData
@testable import Pages
@testable import Runs
@testable import Scaling
@testable import Training

/// A rendered report as a tree of elements.
final class ReportPage: NSObject, XMLParserDelegate {
  final class Element {
    let name: String
    let attributes: [String: String]
    fileprivate(set) var children: [Element] = []
    /// The text directly in it and in all that it holds.
    fileprivate(set) var text = ""

    fileprivate init(_ name: String, _ attributes: [String: String]) {
      self.name = name
      self.attributes = attributes
    }

    /// It and all that it holds.
    var all: [Element] { [self] + children.flatMap(\.all) }

    func all(_ name: String, class style: String? = nil) -> [Element] {
      all.filter { element in
        element.name == name
          && (style.map {
            (element.attributes["class"] ?? "").split(separator: " ").contains($0[...])
          } ?? true)
      }
    }
  }

  let html: String
  private(set) var root = Element("", [:])
  private var open: [Element] = []

  /// Renders and parses; a page that is not well-formed is an error.
  convenience init(_ report: RunReport) throws {
    try self.init(html: HTMLReport.render(report))
  }

  /// Renders and parses; a page that is not well-formed is an error.
  convenience init(_ result: ScalingResult) throws {
    try self.init(html: ScalingReport.render(result))
  }

  /// Parses; a page that is not well-formed is an error.
  init(html: String) throws {
    self.html = html
    super.init()
    open = [root]
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = self
    try #require(parser.parse(), "\(String(describing: parser.parserError))")
  }

  /// Expects that it asks for nothing from elsewhere, runs no program and names its charts.
  func expectSelfContained() {
    #expect(html.hasPrefix("<!DOCTYPE html>\n"))
    for element in root.all {
      #expect(!["script", "link", "iframe", "object", "base"].contains(element.name))
      for (name, value) in element.attributes {
        #expect(!name.hasPrefix("on") && name != "href")
        if name == "src" { #expect(value.hasPrefix("data:image/png;base64,")) }
      }
    }
    for word in ["url(", "@import", "http:", "https:"] { #expect(!html.contains(word)) }
    let identifiers = root.all.compactMap { $0.attributes["id"] }
    #expect(Set(identifiers).count == identifiers.count)
    for plot in root.all("svg", class: "plot") {
      let names = (plot.attributes["aria-labelledby"] ?? "").split(separator: " ")
      #expect(names.count == 2 && names.allSatisfy { identifiers.contains(String($0)) })
    }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    let element = Element(name, attributes)
    open.last?.children.append(element)
    open.append(element)
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters characters: String) {
    for element in open { element.text += characters }
  }
}

extension RunReport {
  /// A report about nothing real, for tests to change.
  static func sample(epochs: Int = 10, classCount: Int = 10) -> RunReport {
    var matrix = [[Int]](repeating: [Int](repeating: 0, count: classCount), count: classCount)
    for label in 0..<classCount {
      matrix[label][label] = 90 + label
      matrix[label][(label + 1) % classCount] += label
    }
    let images = (0..<5).map { (number: Int) -> Mistake in
      let pixels = (0..<12).map { (pixel: Int) -> UInt8 in UInt8(20 * pixel + number) }
      return Mistake(
        sample: 100 + number, label: number % classCount, prediction: (number + 1) % classCount,
        probability: 1 - Float(number) / 16, pixels: pixels)
    }
    let figures = (0..<epochs).map { (index: Int) -> RecordedEpoch in
      let epoch = Double(index + 1)
      return RecordedEpoch(
        epoch: index + 1, step: 118 * (index + 1), trainLoss: 0.4 / epoch,
        trainAccuracy: 1 - 0.1 / epoch, testLoss: 0.2 / epoch + 0.05,
        testAccuracy: 0.98 - 0.03 / epoch, trainSeconds: 0.6, samplesPerSecond: 100_000 + epoch,
        learningRate: 0.001)
    }
    return RunReport(
      title: "sample", dataset: "mnist: a test", command: "trainer --epochs \(epochs)",
      settings: [Entry("batch-size", "512")], environment: [Entry("host", "node1")],
      epochs: figures,
      status: .ended(
        EndedRun(
          end: RecordedEnd(
            step: 118 * epochs, seconds: 12.3, testAccuracy: 0.9771,
            weightsDigest: String(repeating: "a1", count: 32)),
          outcome: TestOutcome(
            confusionMatrix: matrix, mistakes: images, imageSize: ImageSize(rows: 3, columns: 4)))))
  }

  /// The results of a run that has ended.
  private var ended: EndedRun {
    get {
      guard case .ended(let run) = status else { preconditionFailure("the run has not ended") }
      return run
    }
    set { status = .ended(newValue) }
  }

  var end: RecordedEnd {
    get { ended.end }
    set { ended.end = newValue }
  }

  var outcome: TestOutcome {
    get { ended.outcome }
    set { ended.outcome = newValue }
  }

  var kernels: ConvolutionKernels? {
    get { ended.kernels }
    set { ended.kernels = newValue }
  }
}
