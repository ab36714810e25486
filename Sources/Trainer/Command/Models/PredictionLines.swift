import Files
import Training

/// Formats predictions as lines of text or JSON.
struct PredictionLines {
  let isJSON: Bool
  let top: Int?
  let showsProbabilities: Bool
  /// Whether lines have the classes that the models predict.
  private let showsVotes: Bool
  /// The escaped names of the classes, if they have names.
  private let names: [String]?
  /// The last input and its escaped name, since most images come from the same input as the
  /// previous one.
  private var lastInput = (name: "", text: "")

  init(
    isJSON: Bool, top: Int?, showsProbabilities: Bool, names: [String]?, showsVotes: Bool = false
  ) {
    self.showsVotes = showsVotes
    self.isJSON = isJSON
    self.top = top
    self.showsProbabilities = showsProbabilities
    self.names = names?.map(isJSON ? Self.quoted : Self.escaped)
  }

  /// The line of an image.
  mutating func line(_ prediction: ImagePrediction) -> String {
    let name = prediction.input
    if lastInput.name != name || lastInput.text.isEmpty {
      // A tab or line feed in a name would look like another field or line.
      lastInput = (name, isJSON ? Self.quoted(name) : Self.escaped(name))
    }
    return isJSON ? json(prediction) : text(prediction)
  }

  private func text(_ prediction: ImagePrediction) -> String {
    let number = prediction.isNumbered ? "#\(prediction.index)" : ""
    var fields = [lastInput.text + number]
    for label in prediction.mostProbable(top ?? 1) {
      fields.append(names?[label] ?? "\(label)")
      fields.append(fixed(Double(prediction.probabilities[label]), 6))
    }
    if showsProbabilities {
      fields += prediction.probabilities.map { fixed(Double($0), 6) }
    }
    if showsVotes {
      let agreeing = prediction.votes.count { $0 == prediction.classIndex }
      fields.append("\(agreeing)/\(prediction.votes.count)")
    }
    return fields.joined(separator: "\t")
  }

  private func json(_ prediction: ImagePrediction) -> String {
    var members = [
      #""input":\#(lastInput.text)"#, #""index":\#(prediction.index)"#,
      classMembers(prediction.classIndex, of: prediction),
    ]
    if let top {
      let objects = prediction.mostProbable(top).map { "{\(classMembers($0, of: prediction))}" }
      members.append(#""top":[\#(objects.joined(separator: ","))]"#)
    }
    let values = prediction.probabilities.map { "\($0)" }.joined(separator: ",")
    members.append(#""probabilities":[\#(values)]"#)
    if showsVotes {
      let votes = prediction.votes.map(String.init).joined(separator: ",")
      members.append(#""votes":[\#(votes)]"#)
    }
    return "{\(members.joined(separator: ","))}"
  }

  private func classMembers(_ label: Int, of prediction: ImagePrediction) -> String {
    let name = names.map { #","label":\#($0[label])"# } ?? ""
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

  /// A text as a field between tabs, escaped so that it cannot start another field or line.
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
