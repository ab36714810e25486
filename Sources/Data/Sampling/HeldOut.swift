/// The part of a training set that is held out for validation.
package enum HeldOut: Sendable, Equatable {
  /// A number of samples; 0 for none.
  case samples(Int)
  /// A part of cross-validation.
  case fold(Fold)

  /// The number of samples held out.
  ///
  /// Folds differ in size by at most one; the first ones are the larger.
  ///
  /// - Parameter sampleCount: The number of samples of the whole set.
  /// - Returns: The number, whether or not the choice is stratified.
  package func count(of sampleCount: Int) -> Int {
    switch self {
    case .samples(let count): count
    case .fold(let fold):
      sampleCount < fold.number ? 0 : (sampleCount - fold.number) / fold.count + 1
    }
  }
}
