import Foundation
import Parallel
import Trainer

/// Predictions as lines of text or JSON.
struct PredictionLines {
  let isJSON: Bool
  let top: Int?
  let showsProbabilities: Bool
  /// The classes' names, where they have some.
  let names: [String]?
  private let quotedNames: [String]?
  private let escapedNames: [String]?
  /// The last input and its name as it is written: most images follow another of the same input.
  private var lastInput = (name: "", text: "")

  init(isJSON: Bool, top: Int?, showsProbabilities: Bool, names: [String]?) {
    self.isJSON = isJSON
    self.top = top
    self.showsProbabilities = showsProbabilities
    self.names = names
    quotedNames = names?.map(Self.quoted)
    escapedNames = names?.map(Self.escaped)
  }

  /// The line of an image.
  mutating func line(_ prediction: ImagePrediction) -> String {
    isJSON ? json(prediction) : text(prediction)
  }

  private mutating func text(_ prediction: ImagePrediction) -> String {
    let number = prediction.isNumbered ? "#\(prediction.index)" : ""
    var fields = [input(of: prediction, Self.escaped) + number]
    for label in prediction.mostProbable(top ?? 1) {
      fields.append(escapedNames?[label] ?? "\(label)")
      fields.append(fixed(Double(prediction.probabilities[label]), 6))
    }
    if showsProbabilities {
      fields += prediction.probabilities.map { fixed(Double($0), 6) }
    }
    return fields.joined(separator: "\t")
  }

  private mutating func json(_ prediction: ImagePrediction) -> String {
    var members = [
      #""input":\#(input(of: prediction, Self.quoted))"#, #""index":\#(prediction.index)"#,
      classMembers(prediction.classIndex, of: prediction),
    ]
    if let top {
      let objects = prediction.mostProbable(top).map { "{\(classMembers($0, of: prediction))}" }
      members.append(#""top":[\#(objects.joined(separator: ","))]"#)
    }
    let values = prediction.probabilities.map { "\($0)" }.joined(separator: ",")
    members.append(#""probabilities":[\#(values)]"#)
    return "{\(members.joined(separator: ","))}"
  }

  private mutating func input(
    of prediction: ImagePrediction, _ write: (String) -> String
  ) -> String {
    if lastInput.name != prediction.input || lastInput.text.isEmpty {
      lastInput = (prediction.input, write(prediction.input))
    }
    return lastInput.text
  }

  private func classMembers(_ label: Int, of prediction: ImagePrediction) -> String {
    let name = quotedNames.map { #","label":\#($0[label])"# } ?? ""
    return #""class":\#(label)\#(name),"probability":\#(prediction.probabilities[label])"#
  }

  /// A text as a JSON string.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case _ where scalar.steersTerminal: quoted += scalar.jsonEscape
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  /// A text as a field between tabs: no name can begin a field or a line of its own.
  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\t": escaped += "\\t"
      case "\n": escaped += "\\n"
      case "\r": escaped += "\\r"
      case _ where scalar.steersTerminal: escaped += scalar.jsonEscape
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
