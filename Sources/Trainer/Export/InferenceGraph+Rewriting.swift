import Model

extension InferenceGraph {
  /// The graph without dropout and noise that change nothing in evaluation.
  package var withoutIdentities: InferenceGraph {
    rewritten { step, _ in
      switch step.formula {
      case .dropout(_, .inverted, _), .noise: .leftOut
      default: .kept
      }
    }
  }

  /// The graph with each batch norm folded into the linear layer or convolution directly before it.
  ///
  /// A batch norm after anything else stays, also after a layer whose output is read elsewhere too,
  /// and after a convolution that is flattened first.
  package var foldingBatchNorms: InferenceGraph {
    let readers = readerCounts
    return rewritten { step, before in
      guard case .batchNorm(let epsilon) = step.formula, let before,
        before.outputShape == step.inputShape,
        readers[step.inputs[0]] == 1,
        let joined = before.folding(step, epsilon: epsilon)
      else { return .kept }
      return .joined(joined)
    }
  }

  /// The names of the batch norms.
  package var batchNorms: [String] {
    steps.compactMap { step in
      guard case .batchNorm = step.formula else { return nil }
      return step.name
    }
  }

  /// What becomes of a step.
  private enum Fate {
    case kept
    /// Its value is its input.
    case leftOut
    /// This step takes the place of the one before it, and gives its value.
    case joined(InferenceStep)
  }

  /// Rewrites each step.
  ///
  /// - Parameter fate: Decides by the step, as it is in this graph, and by the rewritten step that
  ///   gives its first input; nil if that is the network's input.
  /// - Returns: The graph of what is left.
  private func rewritten(
    _ fate: (_ step: InferenceStep, _ before: InferenceStep?) -> Fate
  ) -> InferenceGraph {
    var result = InferenceGraph(input: input, steps: [])
    // For each value of this graph, that of the result.
    var values = [0]
    for step in steps {
      let source = values[step.inputs[0]]
      switch fate(step, source == 0 ? nil : result.steps[source - 1]) {
      case .kept:
        var moved = step
        moved.inputs = step.inputs.map { values[$0] }
        result.steps.append(moved)
        values.append(result.steps.count)
      case .leftOut:
        values.append(source)
      case .joined(let joined):
        result.steps[source - 1] = joined
        values.append(source)
      }
    }
    return result
  }
}
