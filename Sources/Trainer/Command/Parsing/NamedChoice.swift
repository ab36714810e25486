import ArgumentParser

/// The value of an option that is one of several names, in upper or lower case.
protocol NamedChoice: ExpressibleByArgument, RawRepresentable where RawValue == String {}

extension NamedChoice {
  /// Finds the value; the names themselves are in lower case.
  ///
  /// It is public as it implements a requirement of a public protocol, for public types.
  public init?(argument: String) {
    self.init(rawValue: argument.lowercased())
  }
}
