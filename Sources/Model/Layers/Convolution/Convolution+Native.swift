import CKernels
import Parallel

/// The convolution by the program's own kernels: by Winograd's filtering, or by the direct kernel,
/// whose left matrix is the padded image itself.
extension Convolution {
  /// Whether the kernels can read the images where they are.
  private var readsInPlace: Bool {
    groups == 1 && rows.paddedCount == rows.inputCount
      && columns.paddedCount == columns.inputCount
  }

  /// The floats of a group's padded image.
  private var paddedImageCount: Int { rows.paddedCount * columns.paddedCount * groupInputs }
  /// The floats of the padded images of a chain.
  private var imageScratchCount: Int {
    if let winograd { return winograd.gradientScratchCount }
    return readsInPlace ? 0 : paddedCount(chainImages * paddedImageCount)
  }
  /// The floats of a group's padded output gradient.
  private var gradientScratchCount: Int {
    if let gradientWinograd { return gradientWinograd.scratchCount }
    return givesInputGradient
      ? paddedCount(rows.gradientPaddedCount * columns.gradientPaddedCount * groupOutputs) : 0
  }
  /// The padded images of a chain or a padded gradient, which are not needed at the same time; or
  /// transformed tiles.
  var nativeScratchCount: Int { max(imageScratchCount, gradientScratchCount) }

  /// Runs of output channels that one call of a kernel computes.
  private func forEachRun(
    ofGroup group: Int, _ body: (_ outputs: Range<Int>, _ weights: Int) -> Void
  ) {
    let width = groups == 1 ? outputChannels : panels.width
    let outputs = group * groupOutputs..<(group + 1) * groupOutputs
    for first in stride(from: outputs.lowerBound, to: outputs.upperBound, by: width) {
      body(first..<first + width, first * panels.rows)
    }
  }

  private func shape(outputs: Int) -> convolution {
    convolution(
      image_rows: Int64(rows.paddedCount), image_columns: Int64(columns.paddedCount),
      channels: Int64(groupInputs), kernel_rows: Int64(rows.size),
      kernel_columns: Int64(columns.size), row_step: Int64(rows.step),
      column_step: Int64(columns.step), output_rows: Int64(rows.outputCount),
      output_columns: Int64(columns.outputCount), outputs: Int64(outputs),
      output_row_stride: Int64(columns.outputCount * outputChannels),
      output_column_stride: Int64(outputChannels))
  }

  /// A group's channels of an image among zeros; the image itself if nothing is to be added.
  @inline(__always)
  private func padded(
    _ image: UnsafePointer<Float>, group: Int, in scratch: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    if readsInPlace { return image }
    Self.pad(
      image + group * groupInputs, rows: rows.inputCount, columns: columns.inputCount,
      channels: groupInputs, of: inputChannels, before: (rows.before, columns.before),
      to: scratch, rows.paddedCount, columns.paddedCount)
    return UnsafePointer(scratch)
  }

  /// Copies some channels of an image into the midst of zeros.
  private static func pad(
    _ image: UnsafePointer<Float>, rows: Int, columns: Int, channels: Int, of allChannels: Int,
    before: (rows: Int, columns: Int), to padded: UnsafeMutablePointer<Float>, _ paddedRows: Int,
    _ paddedColumns: Int
  ) {
    let rowCount = paddedColumns * channels
    let first = before.columns * channels
    let end = first + columns * channels
    padded.update(repeating: 0, count: before.rows * rowCount)
    for row in 0..<rows {
      let from = image + row * columns * allChannels
      let to = padded + (before.rows + row) * rowCount
      to.update(repeating: 0, count: first)
      if channels == allChannels {
        (to + first).update(from: from, count: columns * channels)
      } else {
        for column in 0..<columns {
          (to + first + column * channels).update(
            from: from + column * allChannels, count: channels)
        }
      }
      (to + end).update(repeating: 0, count: rowCount - end)
    }
    let filled = before.rows + rows
    (padded + filled * rowCount).update(repeating: 0, count: (paddedRows - filled) * rowCount)
  }

  func nativeForward(_ pass: EvaluationContext) {
    if let winograd {
      winograd.convolve(
        pass.input, count: pass.rows, weights: pass.memory.kept, scratch: pass.scratch,
        into: pass.output)
      return
    }
    for row in 0..<pass.rows {
      let output = pass.output + row * outputShape.count
      for group in 0..<groups {
        let image = padded(
          pass.input + row * inputShape.count, group: group, in: pass.scratch)
        forEachRun(ofGroup: group) { outputs, weights in
          var shape = shape(outputs: outputs.count)
          kernel_convolution(
            &shape, image, pass.memory.parameters + weights, output + outputs.lowerBound)
        }
      }
    }
  }

  func nativeWeightGradient(
    _ pass: LayerContext, _ chain: Chain, into destination: UnsafeMutablePointer<Float>
  ) {
    let images = chain.images
    let inputs = UnsafePointer(pass.input) + images.lowerBound * inputShape.count
    let gradients = pass.outputGradient + images.lowerBound * outputShape.count
    if let winograd {
      winograd.weightGradient(
        inputs, count: images.count, chain: chain.part, gradients: gradients,
        scratch: pass.scratch, into: destination)
      return
    }
    for group in 0..<groups {
      var first = inputs
      for index in 0..<images.count {
        let image = padded(
          inputs + index * inputShape.count, group: group,
          in: pass.scratch + index * paddedImageCount)
        if index == 0 { first = image }
      }
      forEachRun(ofGroup: group) { outputs, weights in
        var shape = shape(outputs: outputs.count)
        kernel_convolution_gradient(
          &shape, Int64(images.count), first, gradients + outputs.lowerBound,
          destination + weights)
      }
    }
  }

  func nativeInputGradient(_ pass: LayerContext, into inputGradient: UnsafeMutablePointer<Float>) {
    if let gradientWinograd {
      gradientWinograd.convolve(
        pass.outputGradient, count: pass.rows,
        weights: pass.memory.kept + turnedTransformedOffset, scratch: pass.scratch,
        into: inputGradient)
      return
    }
    for row in 0..<pass.rows {
      let gradient = pass.outputGradient + row * outputShape.count
      let image = inputGradient + row * inputShape.count
      for group in 0..<groups {
        Self.pad(
          gradient + group * groupOutputs, rows: rows.outputCount, columns: columns.outputCount,
          channels: groupOutputs, of: outputChannels,
          before: (rows.gradientBefore, columns.gradientBefore), to: pass.scratch,
          rows.gradientPaddedCount, columns.gradientPaddedCount)
        for part in turned.parts {
          computeInputGradient(
            part, gradient: pass.scratch,
            kernel: pass.memory.kept + turnedOffset + group * turned.count + part.offset,
            into: image + group * groupInputs)
        }
      }
    }
  }

  /// Computes the gradient of some positions of one image's input.
  private func computeInputGradient(
    _ part: TurnedKernel.Part, gradient: UnsafePointer<Float>, kernel: UnsafePointer<Float>,
    into image: UnsafeMutablePointer<Float>
  ) {
    let (down, across) = (part.rows, part.columns)
    let rowStride = rows.step * columns.inputCount * inputChannels
    let columnStride = columns.step * inputChannels
    let first = image + (down.first * columns.inputCount + across.first) * inputChannels
    if down.kernelCount == 0 || across.kernelCount == 0 {
      for row in 0..<down.count {
        for column in 0..<across.count {
          (first + row * rowStride + column * columnStride).update(repeating: 0, count: groupInputs)
        }
      }
      return
    }
    var shape = convolution(
      image_rows: Int64(rows.gradientPaddedCount),
      image_columns: Int64(columns.gradientPaddedCount), channels: Int64(groupOutputs),
      kernel_rows: Int64(down.kernelCount), kernel_columns: Int64(across.kernelCount), row_step: 1,
      column_step: 1, output_rows: Int64(down.count), output_columns: Int64(across.count),
      outputs: Int64(groupInputs), output_row_stride: Int64(rowStride),
      output_column_stride: Int64(columnStride))
    kernel_convolution(
      &shape,
      gradient + (down.start * columns.gradientPaddedCount + across.start) * groupOutputs, kernel,
      first)
  }
}
