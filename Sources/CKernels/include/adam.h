#ifndef ADAM_H
#define ADAM_H

/// The coefficients of a step of Adam; kernels.inc has the formula.
struct adam_step {
  /// The factor of the gradient, and the weight decay that is added to it.
  float scale, decay;
  /// The factor of the parameters: weight decay beside the gradient.
  float shrink;
  /// The complements are 1 - beta1 and 1 - beta2.
  float beta1, complement1, beta2, complement2;
  /// The rate and the root are corrected for the number of the step.
  float rate1, root2, epsilon;
};

#endif
