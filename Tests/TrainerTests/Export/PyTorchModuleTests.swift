import Testing

@testable import Export
@testable import Model
@testable import Training

@Suite("A model as a module of PyTorch")
struct PyTorchModuleTests {
  private func network(
    _ text: String, _ input: Shape = Shape(9, 7, 3), mode: Dropout.Mode = .inverted
  ) throws -> PyTorchNetwork {
    try PyTorchNetwork(ExportSample(text, input: input, mode: mode).exported().graph)
  }

  @Test("has a statement for each layer, with the shapes where they change")
  func statements() throws {
    let network = try network("conv 4x3 bn relu, pool 2, dense 6 relu dropout 0.2")
    #expect(
      network.modules == [
        "self.conv1 = nn.Conv2d(3, 4, 3, padding=1, bias=False)",
        "self.batchnorm1 = nn.BatchNorm2d(4, eps=1e-05)", "self.dense1 = nn.Linear(48, 6)",
        "self.dropout1 = nn.Dropout(0.2)", "self.dense2 = nn.Linear(6, 5)",
      ])
    #expect(
      network.statements == [
        "x = self.conv1(x)  # N x 4 x 9 x 7", "x = self.batchnorm1(x)", "x = F.relu(x)",
        "x = F.max_pool2d(x, 2)  # N x 4 x 4 x 3", "x = self.dense1(flatten(x))  # N x 6",
        "x = F.relu(x)", "x = self.dropout1(x)", "x = self.dense2(x)  # N x 5",
      ])
    #expect(network.flattensImages && !network.hasVanillaDropout)
  }

  @Test(
    "pads as the trainer does, by zeros of its own if the edges differ",
    arguments: [
      ("conv 4x3", "nn.Conv2d(3, 4, 3, padding=1)", "x"),
      ("conv 4x5 stride 2", "nn.Conv2d(3, 4, 5, stride=2, padding=2)", "x"),
      ("conv 6x3 valid groups 3", "nn.Conv2d(3, 6, 3, groups=3)", "x"),
      ("conv 4x2", "nn.Conv2d(3, 4, 2)", "F.pad(x, (0, 1, 0, 1))"),
      ("conv 4x4", "nn.Conv2d(3, 4, 4)", "F.pad(x, (1, 2, 1, 2))"),
      ("conv 4x4 stride 2", "nn.Conv2d(3, 4, 4, stride=2)", "F.pad(x, (1, 2, 1, 2))"),
      ("conv 4x4 stride 3", "nn.Conv2d(3, 4, 4, stride=3)", "F.pad(x, (1, 2, 1, 0))"),
    ])
  func padding(_ text: String, module: String, input: String) throws {
    let network = try network(text)
    #expect(network.modules.first == "self.conv1 = \(module)")
    #expect(network.statements.first?.hasPrefix("x = self.conv1(\(input))  # ") == true)
  }

  @Test("pads an even kernel alike at all edges where the trainer does")
  func evenPadding() throws {
    let network = try network("conv 4x4 stride 2", Shape(8, 8, 3))
    #expect(network.modules.first == "self.conv1 = nn.Conv2d(3, 4, 4, stride=2, padding=1)")
    #expect(network.statements.first == "x = self.conv1(x)  # N x 4 x 4 x 4")
  }

  @Test("keeps the input of each residual block until it is added")
  func residual() throws {
    let text = "residual(residual(dense 4 relu), dense 6 bn) relu"
    #expect(
      try network(text, Shape(4)).statements == [
        "shortcut1 = x", "x = self.dense1(x)", "x = F.relu(x)", "x = x + shortcut1",
        "x = self.dense2(x)  # N x 6", "x = self.batchnorm1(x)",
        "shortcut1 = self.dense3(shortcut1)  # N x 6", "shortcut1 = self.batchnorm2(shortcut1)",
        "x = x + shortcut1", "x = F.relu(x)", "x = self.dense4(x)  # N x 5",
      ])
    #expect(
      try network("residual(residual(dense 3), dense 2)", Shape(4)).statements.prefix(6) == [
        "shortcut1 = x", "x = self.dense1(x)  # N x 3", "shortcut2 = shortcut1",
        "shortcut1 = self.dense2(shortcut1)  # N x 3", "x = x + shortcut1",
        "x = self.dense3(x)  # N x 2",
      ])
  }

  @Test("has every kind of layer")
  func kinds() throws {
    let text =
      "conv 4x3 leaky dropout2d 0.25, avgpool 2 stride 1 gelu, pool 3 stride 2 silu, globalpool, "
      + "flatten bn dropout 0.5 noise 0.1"
    #expect(
      try network(text).statements.dropFirst() == [
        "x = F.leaky_relu(x, 0.01)", "x = self.dropout2d1(x)",
        "x = F.avg_pool2d(x, 2, stride=1)  # N x 4 x 8 x 6", "x = F.gelu(x)",
        "x = F.max_pool2d(x, 3, stride=2)  # N x 4 x 3 x 2", "x = F.silu(x)",
        "x = x.mean((2, 3), keepdim=True)  # N x 4 x 1 x 1",
        "x = self.batchnorm1(x.flatten(1))  # N x 4", "x = self.dropout2(x)",
        "x = self.noise1(x)", "x = self.dense1(x)  # N x 5",
      ])
    let vanilla = try network(text, mode: .vanilla)
    #expect(vanilla.hasVanillaDropout)
    #expect(vanilla.modules.contains("self.dropout2d1 = VanillaDropout(nn.Dropout2d(0.25))"))
  }

  @Test("has only the functions that its network needs")
  func parts() throws {
    let plain = try PyTorchModule(ExportSample("dense 4 relu", input: Shape(12)).exported()).text
    #expect(!plain.contains("def flatten("))
    #expect(!plain.contains("VanillaDropout"))
    #expect(!plain.contains("GaussianNoise"))
    #expect(plain.contains("batch = batch.flatten(1)"))
    let full = try PyTorchModule(
      ExportSample("conv 4x3, dense 4 dropout 0.1 noise 0.2", mode: .vanilla).exported()
    ).text
    #expect(full.contains("def flatten("))
    #expect(full.contains("class VanillaDropout(nn.Module):"))
    #expect(full.contains("class GaussianNoise(nn.Module):"))
    #expect(full.contains("self.noise1 = GaussianNoise(0.2)"))
    #expect(full.contains("batch = batch.permute(0, 3, 1, 2)"))
    #expect(full.hasSuffix("\n\nif __name__ == \"__main__\":\n    main()\n"))
  }

  @Test("escapes what could end a text or hide something in it")
  func literals() {
    #expect(PythonText.literal("låg <höger>") == #""låg <höger>""#)
    #expect(PythonText.literal(#"a"b\c"#) == #""a\"b\\c""#)
    #expect(PythonText.literal("a\nb\u{202e}\u{0}") == #""a\U0000000ab\U0000202e\U00000000""#)
  }

  @Test("divides long texts at spaces, without losing one")
  func lines() {
    let text = (0..<60).map { "dense \($0) relu" }.joined(separator: ", ")
    let lines = PythonText.lines(text, width: 40)
    #expect(lines.joined() == text)
    #expect(lines.allSatisfy { $0.count <= 41 } && lines.count > 20)
    #expect(PythonText.assignment("A", "b c") == #"A = "b c""#)
    #expect(PythonText.assignment("A", text).hasPrefix("A = (\n    \"dense 0 relu, "))
    #expect(PythonText.assignment("A", ["b", "c"]) == #"A = ["b", "c"]"#)
    #expect(
      PythonText.assignment("A", Array(repeating: "name of a class", count: 9))
        == "A = [\n" + String(repeating: "    \"name of a class\",\n", count: 9) + "]")
  }
}
