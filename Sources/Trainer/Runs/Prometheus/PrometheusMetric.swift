import Files

/// A metric in the text exposition format of Prometheus, version 0.0.4.
///
/// A metric has a name, a help text, a type, and one sample for each set of label values.
struct PrometheusMetric: Sendable, Equatable {
  /// The type of a metric.
  enum Kind: String, Sendable {
    /// A value that may fall.
    case gauge
    /// A sum that only grows; its name ends in `_total`.
    case counter
  }

  /// A value with labels.
  struct Sample: Sendable, Equatable {
    /// A label's name and value.
    struct Label: Sendable, Equatable {
      var name: String
      var value: String
    }

    var labels: [Label]
    var value: Double
  }

  var name: String
  var kind: Kind
  var help: String
  var samples: [Sample]

  /// The lines of the metric, each with a line feed.
  var text: String {
    "# HELP \(name) \(Self.escaped(help))\n# TYPE \(name) \(kind.rawValue)\n"
      + samples.map { "\(name)\(Self.text($0.labels)) \(Self.text($0.value))\n" }.joined()
  }

  private static func text(_ labels: [Sample.Label]) -> String {
    if labels.isEmpty { return "" }
    let pairs = labels.map { label in
      "\(label.name)=\"\(escaped(label.value, quotes: true))\""
    }
    return "{\(pairs.joined(separator: ","))}"
  }

  /// A text with escaped backslashes and line feeds, escaped quotation marks if `quotes` is true,
  /// and U+FFFD in place of what could control a terminal that shows the file.
  private static func escaped(_ text: String, quotes: Bool = false) -> String {
    // By code units: a mark with an accent is one Character.
    var bytes: [UInt8] = []
    for byte in text.printable(keeping: "\n\t").utf8 {
      switch byte {
      case UInt8(ascii: "\\"): bytes += Array(#"\\"#.utf8)
      case UInt8(ascii: "\n"): bytes += Array(#"\n"#.utf8)
      case UInt8(ascii: "\"") where quotes: bytes += Array(#"\""#.utf8)
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func text(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    return Int64(exactly: value).map(String.init) ?? value.description
  }
}
