/// `relu`: the rectifier.
package typealias ReLUKind = ActivationKind<Rectifier>
/// `leaky`: the rectifier with a slope of 0.01 below 0.
package typealias LeakyReLUKind = ActivationKind<LeakyRectifier>
/// `gelu`: the Gaussian error linear unit.
package typealias GELUKind = ActivationKind<GaussianErrorLinear>
/// `silu`: the sigmoid linear unit.
package typealias SiLUKind = ActivationKind<SigmoidLinear>

/// The keyword of a function: an activation.
package struct ActivationKind<Function: ActivationFunction>: KeywordKind {
  package static var keyword: String { Function.keyword }
  package static var isModifier: Bool { true }

  /// Creates a kind; it has no settings.
  package init() {}

  package var role: LayerRole { .activation }

  package func add(to builder: inout NetworkBuilder) {
    builder.append(Activation<Function>(name: builder.name(Self.keyword), shape: builder.shape))
  }
}
