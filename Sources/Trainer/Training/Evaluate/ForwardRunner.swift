import CKernels
import Model
import Parallel

/// Computes a network's outputs as in evaluation: no gradients, no optimizer, nothing that is
/// merged.
///
/// Each worker of a team runs rows of its own, in memory of its own: the matrices of a
/// ``ForwardPlan``.
package final class ForwardRunner: Sendable {
  /// The model whose parameters and running statistics are used.
  package let state: ModelState
  /// The workers.
  package let team: WorkerTeam
  /// The most rows of a call.
  package let rowCapacity: Int

  /// A layer and where a worker's matrices for it start, in floats from the worker's memory.
  private struct Operation: Sendable {
    let layer: any Layer
    let memory: LayerMemory
    let input: Int
    let secondInput: Int?
    let output: Int
  }

  private let operations: [Operation]
  private let pixelCount: Int
  private let views: ImageViews?
  /// Memory of each worker for the views; empty without views.
  private let viewScratch: [AlignedBuffer<Float>]
  /// The matrices of all workers, and the floats of each worker; its scratch memory comes last.
  private let matrices: AlignedBuffer<Float>
  private let workerStride: Int
  private let scratch: Int
  /// The memory that the layers keep, separate from that of training.
  private let kept: [AlignedBuffer<Float>]

  /// Allocates everything that runs need; they allocate nothing.
  ///
  /// - Parameters:
  ///   - state: The model.
  ///   - team: The workers.
  ///   - rowCapacity: The most rows of a call, at least 1.
  ///   - views: The views of an image; nil for the image as it is.
  package init(
    state: ModelState, team: WorkerTeam, rowCapacity: Int, views: ImageViews? = nil
  ) {
    self.views = views
    viewScratch =
      views.map { views in
        (0..<team.count).map { _ in AlignedBuffer(count: views.scratchCount) }
      } ?? []
    self.state = state
    self.team = team
    self.rowCapacity = rowCapacity
    let network = state.network
    let plan = ForwardPlan(network)
    var offsets: [Int] = []
    var stride = 0
    for columns in plan.columns {
      offsets.append(stride)
      stride += paddedCount(rowCapacity * columns)
    }
    scratch = stride
    stride += paddedCount(network.layers.map(\.scratchCount).max() ?? 0)
    let kept = network.layers.map { AlignedBuffer<Float>(count: $0.evaluationKeptCount) }
    func offset(_ value: Int) -> Int { offsets[plan.matrices[value]] }
    operations = network.nodes.enumerated().map { index, node in
      Operation(
        layer: node.layer,
        memory: LayerMemory(
          parameters: state.parameters.pointer + network.parameters.layerOffsets[index],
          statistics: state.statistics.pointer + network.statistics.layerOffsets[index],
          kept: kept[index].pointer),
        input: offset(node.input.valueIndex),
        secondInput: node.secondInput.map { offset($0.valueIndex) },
        output: offset(index + 1))
    }
    self.kept = kept
    pixelCount = network.inputShape.count
    workerStride = stride
    matrices = AlignedBuffer(count: team.count * stride)
  }

  /// Prepares the layers for the model as it is now; while no worker runs.
  package func prepare() {
    for operation in operations { operation.layer.prepareEvaluation(operation.memory) }
  }

  /// Computes the last layer's outputs of some images, after ``prepare()``.
  ///
  /// - Parameters:
  ///   - samples: The images' numbers (rows).
  ///   - rows: How many, at most ``rowCapacity``.
  ///   - images: Bytes of the images, one image after another.
  ///   - worker: The calling worker.
  ///   - view: Which of the views the network sees.
  /// - Returns: (rows, class count), until the worker's next call.
  package func logits(
    of samples: UnsafePointer<UInt32>, rows: Int, in images: UnsafePointer<UInt8>, worker: Int,
    view: Int = 0
  ) -> UnsafePointer<Float> {
    precondition(rows <= rowCapacity, "rows of one call")
    let memory = matrices.pointer + worker * workerStride
    if let views {
      for row in 0..<rows {
        views.write(
          view, of: images + Int(samples[row]) * pixelCount, to: memory + row * pixelCount,
          scratch: viewScratch[worker].pointer)
      }
    } else {
      kernel_gather_images(images, samples, Int64(rows), Int64(pixelCount), memory)
    }
    var output = memory
    for operation in operations {
      output = memory + operation.output
      operation.layer.evaluate(
        EvaluationContext(
          memory: operation.memory, rows: rows, input: memory + operation.input,
          secondInput: operation.secondInput.map { UnsafePointer(memory + $0) }, output: output,
          scratch: memory + scratch))
    }
    return UnsafePointer(output)
  }
}
