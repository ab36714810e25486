/// An option that a configuration file or an environment variable gives.
struct GivenOption {
  /// The option's name.
  let name: String
  /// Where it is given, such as `run.yaml: line 3`.
  let place: String
  /// What messages about its value call it: the place, and the name if the place does not have it.
  let subject: String
  /// The value, as messages show it.
  let value: String
  /// The elements of a list; none of a value that is no list.
  let elements: [Element]
  /// The same on a command line; nil if no argument is needed for it.
  let argument: String?

  /// An element of a list.
  struct Element {
    /// The element, as messages show it.
    let value: String
    /// Where it is given.
    let place: String
  }
}
