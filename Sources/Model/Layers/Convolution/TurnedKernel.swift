import CKernels

/// Where the weights of a group lie for the gradient of the input, which is a convolution of the
/// output's gradient with the kernel turned by 180 degrees and its channels exchanged.
///
/// If the kernel moves by more than one position, the input's positions between two moves have
/// kernels of their own: those of the phases of ``KernelAxis``. Each is a matrix (kernel rows *
/// kernel columns * outputs, inputs) in panels.
struct TurnedKernel: Sendable {
  /// The gradient of some positions of the input.
  struct Part: Sendable {
    let rows: KernelAxis.Phase
    let columns: KernelAxis.Phase
    /// Where its kernel starts, in floats.
    let offset: Int
  }

  private let rows: KernelAxis
  private let columns: KernelAxis
  private let inputs: Int
  private let outputs: Int
  /// The parts, which cover all positions of the input.
  let parts: [Part]
  /// For the place of a row and a column of the kernel between two moves, the part's index.
  private let partOfPlace: [Int?]

  init(rows: KernelAxis, columns: KernelAxis, inputs: Int, outputs: Int) {
    self.rows = rows
    self.columns = columns
    self.inputs = inputs
    self.outputs = outputs
    var parts: [Part] = []
    var partOfPlace = [Int?](repeating: nil, count: rows.step * columns.step)
    var offset = 0
    for row in rows.phases {
      for column in columns.phases {
        partOfPlace[row.kernelFirst * columns.step + column.kernelFirst] = parts.count
        parts.append(Part(rows: row, columns: column, offset: offset))
        offset += row.kernelCount * column.kernelCount * inputs * outputs
      }
    }
    self.parts = parts
    self.partOfPlace = partOfPlace
  }

  /// The weights of a group.
  var count: Int { rows.size * columns.size * inputs * outputs }

  /// Where a weight lies.
  ///
  /// - Parameters:
  ///   - term: Its row in the matrix (size * size * inputs, outputs).
  ///   - output: The output in the group.
  /// - Returns: The offset, and the distance to the weight of the next output; nil if no position
  ///   of the input has a gradient of it.
  func place(term: Int, output: Int) -> (offset: Int, stride: Int)? {
    let (position, input) = term.quotientAndRemainder(dividingBy: inputs)
    let (row, column) = position.quotientAndRemainder(dividingBy: columns.size)
    let place = row % rows.step * columns.step + column % columns.step
    guard let index = partOfPlace[place] else { return nil }
    let part = parts[index]
    let turnedRow = part.rows.kernelCount - 1 - row / rows.step
    let turnedColumn = part.columns.kernelCount - 1 - column / columns.step
    let depth = part.rows.kernelCount * part.columns.kernelCount * outputs
    let turnedTerm = (turnedRow * part.columns.kernelCount + turnedColumn) * outputs + output
    let panel = Int(PRODUCT_PANEL)
    let first = input / panel * panel
    let width = min(panel, inputs - first)
    return (part.offset + first * depth + turnedTerm * width + input - first, width)
  }
}
