import CKernels
import Model
import Parallel

/// Computes a network's outputs as in evaluation: no gradients, no optimizer, nothing that is merged.
///
/// Each worker of a team runs rows of its own, in memory of its own: two matrices that the layers read
/// and write in turn.
package final class ForwardRunner: Sendable {
  /// The model whose parameters and running statistics are used.
  package let state: ModelState
  /// The workers.
  package let team: WorkerTeam
  /// The most rows of a call.
  package let rowCapacity: Int

  private let layers: [(layer: any Layer, memory: LayerMemory)]
  private let pixelCount: Int
  /// For each worker the two matrices.
  private let matrices: AlignedBuffer<Float>
  /// Floats from a worker's first matrix to its second, and to the next worker's first.
  private let secondOffset: Int
  private let workerStride: Int
  /// What the layers keep, apart from what training keeps.
  private let kept: [AlignedBuffer<Float>]

  /// Allocates everything that runs need; they allocate nothing.
  ///
  /// - Parameters:
  ///   - state: The model.
  ///   - team: The workers.
  ///   - rowCapacity: The most rows of a call, at least 1.
  package init(state: ModelState, team: WorkerTeam, rowCapacity: Int) {
    self.state = state
    self.team = team
    self.rowCapacity = rowCapacity
    let network = state.network
    let kept = network.layers.map { AlignedBuffer<Float>(count: $0.evaluationKeptCount) }
    self.kept = kept
    layers = network.layers.enumerated().map { index, layer in
      (
        layer,
        LayerMemory(
          parameters: state.parameters.pointer + network.parameters.layerOffsets[index],
          statistics: state.statistics.pointer + network.statistics.layerOffsets[index],
          kept: kept[index].pointer)
      )
    }
    pixelCount = network.layers[0].inputShape.count
    let widths = [pixelCount] + network.layers.map(\.outputShape.count)
    // Each layer reads the matrix that the one before wrote, and writes the other.
    func floats(_ first: Int) -> Int {
      let columns = stride(from: first, to: widths.count, by: 2).map { widths[$0] }.max() ?? 0
      return paddedCount(rowCapacity * columns)
    }
    secondOffset = floats(0)
    workerStride = secondOffset + floats(1)
    matrices = AlignedBuffer(count: team.count * workerStride)
  }

  /// Prepares the layers for the model as it is now; while no worker runs.
  package func prepare() {
    for (layer, memory) in layers { layer.prepareEvaluation(memory) }
  }

  /// Computes the last layer's outputs of some images, after ``prepare()``.
  ///
  /// - Parameters:
  ///   - samples: The images' numbers (rows).
  ///   - rows: How many, at most ``rowCapacity``.
  ///   - images: Bytes of the images, one image after another.
  ///   - worker: The calling worker.
  /// - Returns: (rows, class count), until the worker's next call.
  package func logits(
    of samples: UnsafePointer<UInt32>, rows: Int, in images: UnsafePointer<UInt8>, worker: Int
  ) -> UnsafePointer<Float> {
    var input = matrices.pointer + worker * workerStride
    var output = input + secondOffset
    kernel_gather_images(images, samples, Int64(rows), Int64(pixelCount), input)
    for (layer, memory) in layers {
      layer.evaluate(EvaluationPass(memory: memory, rows: rows, input: input, output: output))
      swap(&input, &output)
    }
    return UnsafePointer(input)
  }
}
