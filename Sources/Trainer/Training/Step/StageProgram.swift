import Model
import Parallel

/// A training step as stages: the operations on each shard between two barriers.
package struct StageProgram: Sendable {
  /// One layer's part, or the network's ends.
  enum Operation: Sendable, Equatable {
    case gather
    case forward(layer: Int)
    case finishForward(layer: Int)
    case loss
    case backward(layer: Int)
    case finishBackward(layer: Int)
    /// Adds the layer's gradients of outputs that other layers read too.
    case addGradients(layer: Int)
  }

  /// A merge of the leaves' partial results, due at the end of a stage.
  package enum Merge: Sendable, Equatable {
    case forward(layer: Int)
    case backward(layer: Int)

    /// The rule that merges the partial results.
    ///
    /// - Parameter network: The network whose program this is.
    /// - Returns: The layer's rule.
    package func rule(in network: Network) -> MergeRule {
      let rule =
        switch self {
        case .forward(let layer): (network.layers[layer] as? any ForwardMerging)?.forwardMerge
        case .backward(let layer): (network.layers[layer] as? any BackwardMerging)?.backwardMerge
        }
      guard let rule else { preconditionFailure("the layer merges nothing: another network's") }
      return rule
    }
  }

  /// Operations for each shard, then merges over all leaves.
  package struct Stage: Sendable, Equatable {
    var operations: [Operation] = []
    package var merges: [Merge] = []

    /// Whether the losses of all leaves are known after it.
    var hasLoss: Bool { operations.contains(.loss) }
  }

  /// The stages of a training step; only the last may have no merge.
  package let stages: [Stage]
  /// The layers that transform their parameters before the first stage.
  let transformingLayers: [Int]

  /// Barriers of a training step: after parameters are transformed, after each stage, after its
  /// merges, and at the end.
  package var barrierCount: Int {
    stages.reduce(transformingLayers.isEmpty ? 1 : 2) { $0 + ($1.merges.isEmpty ? 1 : 2) }
  }

  /// Divides a network into stages at the points where workers synchronize.
  ///
  /// - Parameter network: The network.
  package init(_ network: Network) {
    let plan = BufferPlan(network)
    var stages: [Stage] = []
    var stage = Stage(operations: [.gather])
    func cut() {
      stages.append(stage)
      stage = Stage()
    }
    for (index, layer) in network.layers.enumerated() {
      stage.operations.append(.forward(layer: index))
      if layer is any ForwardMerging {
        stage.merges.append(.forward(layer: index))
        cut()
        stage.operations.append(.finishForward(layer: index))
      }
    }
    stage.operations.append(.loss)
    for (index, layer) in network.layers.enumerated().reversed() {
      stage.operations.append(.backward(layer: index))
      // A merge that no earlier layer waits for is done at the next cut.
      if (layer as? any BackwardMerging)?.backwardMerge != nil {
        stage.merges.append(.backward(layer: index))
      }
      if layer is any BackwardFinishing {
        cut()
        stage.operations.append(.finishBackward(layer: index))
      }
      if !plan.nodes[index].additions.isEmpty {
        stage.operations.append(.addGradients(layer: index))
      }
    }
    cut()
    self.stages = stages
    transformingLayers = network.transformingLayers
  }
}
