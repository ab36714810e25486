import Files

/// `conv OUTxSIZE`: a convolution to OUT channels with a kernel of SIZE x SIZE.
///
/// It keeps the image's size by padding, unless `valid` is written; `stride S` moves the kernel by
/// S, and `groups G` divides the channels into G groups.
package struct ConvKind: LayerKind {
  package static let keyword = "conv"
  package static let syntax = "conv OUTxSIZE [stride S] [valid] [groups G]"
  package static let isModifier = false

  /// The most output channels and groups.
  private static let allowedChannels = 1...65_536
  /// The largest kernel and step.
  private static let allowedSizes = 1...1_024

  /// The channels of the output.
  package let channels: Int
  /// The rows and columns of the kernel.
  package let size: Int
  /// The distance that the kernel moves.
  package let step: Int
  /// Whether zeros surround the image.
  package let isPadded: Bool
  /// The number of groups.
  package let groups: Int

  /// Creates a padded convolution of one group.
  ///
  /// - Parameters:
  ///   - channels: The channels of the output.
  ///   - size: The rows and columns of the kernel.
  ///   - step: How far the kernel moves.
  package init(channels: Int, size: Int, step: Int) {
    self.channels = channels
    self.size = size
    self.step = step
    isPadded = true
    groups = 1
  }

  package init(parsing parser: inout ModelParser) throws(SyntaxError) {
    (channels, size) = try parser.product(
      "OUTxSIZE of conv, such as 32x3",
      IntegerSetting("the channels OUT of conv", in: Self.allowedChannels),
      by: IntegerSetting("the SIZE of conv", in: Self.allowedSizes))
    let options = try parser.options(
      .integer("stride", "S", of: Self.keyword, in: Self.allowedSizes), .flag("valid"),
      .integer("groups", "G", of: Self.keyword, in: Self.allowedChannels))
    step = options["stride"] ?? 1
    groups = options["groups"] ?? 1
    isPadded = !options.contains("valid")
  }

  package var text: String {
    "\(Self.keyword) \(channels)x\(size)" + (step == 1 ? "" : " stride \(step)")
      + (isPadded ? "" : " valid") + (groups == 1 ? "" : " groups \(groups)")
  }
  package var role: LayerRole { .weights }

  package func outputShape(for input: Shape) throws(ModelShapeError) -> Shape {
    let (rows, columns, inputs) = try input.image(for: text)
    guard isPadded || size <= min(rows, columns) else {
      throw ModelShapeError(
        text, takes: "images of at least \(size)x\(size), since `valid` pads nothing", found: input)
    }
    guard inputs.isMultiple(of: groups), channels.isMultiple(of: groups) else {
      throw ModelShapeError(
        "\(text): \(groups) groups must divide the channels, \(inputs) of the input and "
          + "\(channels) of the output")
    }
    return Shape(
      axis(rows).outputCount, axis(columns).outputCount, channels)
  }

  private func axis(_ count: Int) -> KernelAxis {
    KernelAxis(inputCount: count, size: size, step: step, isPadded: isPadded)
  }

  /// Adds the layer without a bias if a normalization follows, which would remove it.
  package func add(to builder: inout NetworkBuilder) {
    let extents = builder.shape.extents
    precondition(extents.count == 3, "the shapes of a description are checked before it is built")
    let area = size * size
    builder.append(
      Convolution(
        name: builder.name(Self.keyword), rows: axis(extents[0]), columns: axis(extents[1]),
        inputChannels: extents[2], outputChannels: channels, groups: groups,
        hasBias: builder.following.first?.role != .normalization,
        initializer: builder.weightInitializer(
          fanIn: area * extents[2] / groups, fanOut: area * channels / groups),
        engine: builder.engine))
  }
}
