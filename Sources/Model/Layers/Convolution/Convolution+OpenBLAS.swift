import CKernels
import Parallel

/// The convolution by OpenBLAS: the windows of an image are copied into a matrix (positions, size *
/// size * in), known as im2col, which is multiplied with W.
extension Convolution {
  /// The matrix of an image's windows.
  var windowScratchCount: Int { paddedCount(positions * panels.rows) }

  /// Visits the parts of windows that lie in the image.
  ///
  /// - Parameters:
  ///   - group: The group.
  ///   - body: Receives the offset in the matrix of windows, and that in the image, of the group's
  ///     channels of a pixel; nil if it lies outside.
  @inline(__always)
  private func forEachPixel(ofGroup group: Int, _ body: (_ window: Int, _ pixel: Int?) -> Void) {
    var window = 0
    for y in 0..<rows.outputCount {
      for x in 0..<columns.outputCount {
        for i in 0..<rows.size {
          for j in 0..<columns.size {
            let row = y * rows.step + i - rows.before
            let column = x * columns.step + j - columns.before
            let isInside =
              (0..<rows.inputCount).contains(row) && (0..<columns.inputCount).contains(column)
            body(
              window,
              isInside
                ? (row * columns.inputCount + column) * inputChannels + group * groupInputs : nil)
            window += groupInputs
          }
        }
      }
    }
  }

  private func copyWindows(
    _ image: UnsafePointer<Float>, group: Int, into windows: UnsafeMutablePointer<Float>
  ) {
    forEachPixel(ofGroup: group) { window, pixel in
      if let pixel {
        (windows + window).update(from: image + pixel, count: groupInputs)
      } else {
        (windows + window).update(repeating: 0, count: groupInputs)
      }
    }
  }

  func windowForward(_ pass: EvaluationContext) {
    for row in 0..<pass.rows {
      for group in 0..<groups {
        copyWindows(pass.input + row * inputShape.count, group: group, into: pass.scratch)
        BLAS.multiply(
          m: positions, n: groupOutputs, k: panels.rows, pass.scratch, strideA: panels.rows,
          pass.memory.parameters + group * groupOutputs * panels.rows, strideB: panels.width,
          into: pass.output + row * outputShape.count + group * groupOutputs,
          strideC: outputChannels)
      }
    }
  }

  func windowWeightGradient(
    _ pass: LayerContext, image: Int, into destination: UnsafeMutablePointer<Float>
  ) {
    for group in 0..<groups {
      copyWindows(pass.input + image * inputShape.count, group: group, into: pass.scratch)
      BLAS.multiply(
        m: panels.rows, n: groupOutputs, k: positions, pass.scratch, strideA: panels.rows,
        transposeA: true, pass.outputGradient + image * outputShape.count + group * groupOutputs,
        strideB: outputChannels, into: destination + group * groupOutputs * panels.rows,
        strideC: panels.width)
    }
  }

  func windowInputGradient(_ pass: LayerContext, into inputGradient: UnsafeMutablePointer<Float>) {
    for row in 0..<pass.rows {
      let image = inputGradient + row * inputShape.count
      image.update(repeating: 0, count: inputShape.count)
      for group in 0..<groups {
        BLAS.multiply(
          m: positions, n: panels.rows, k: groupOutputs,
          pass.outputGradient + row * outputShape.count + group * groupOutputs,
          strideA: outputChannels, pass.memory.parameters + group * groupOutputs * panels.rows,
          strideB: panels.width, transposeB: true, into: pass.scratch, strideC: panels.rows)
        forEachPixel(ofGroup: group) { window, pixel in
          guard let pixel else { return }
          kernel_add(image + pixel, pass.scratch + window, Int64(groupInputs))
        }
      }
    }
  }
}
