import ArgumentParser

/// The widths of hidden layers, as `512,256` on the command line; `none` for no hidden layer.
struct HiddenLayers: ExpressibleByArgument, Equatable {
  var widths: [Int]

  init(widths: [Int]) {
    self.widths = widths
  }

  init?(argument: String) {
    if argument.lowercased() == "none" {
      widths = []
      return
    }
    var widths: [Int] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let width = Int(part) else { return nil }
      widths.append(width)
    }
    self.widths = widths
  }

  var defaultValueDescription: String {
    widths.isEmpty ? "none" : widths.map(String.init).joined(separator: ",")
  }
}
