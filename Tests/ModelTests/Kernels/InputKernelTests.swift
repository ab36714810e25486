import CKernels
import Testing

@Suite("The input kernel")
struct InputKernelTests {
  static let gather = KernelVersions(
    kernel_gather_images, kernel_gather_images_baseline, kernel_gather_images_v3,
    kernel_gather_images_v4)

  @Test("each of the 256 bytes becomes the float nearest to byte / 255")
  func allBytes() throws {
    let bytes = (0...255).map { UInt8($0) }
    try Self.gather.check("256 bytes", expecting: [bytes.map { Float($0) / 255 }]) { gather in
      var output = GuardedFloats(count: 256)
      gather(bytes, [0], 1, 256, &output.memory)
      return [output]
    }
  }

  @Test("row r is the image that index r names")
  func gathers() throws {
    var random = RandomValues(1)
    for pixels in KernelSizes.columns {
      let images = random.integers(9 * pixels, below: 256).map { UInt8($0) }
      let indices: [UInt32] = [8, 0, 3, 3, 7]
      let expected = indices.flatMap { index in
        images[Int(index) * pixels..<(Int(index) + 1) * pixels].map { Float($0) / 255 }
      }
      try Self.gather.check("\(pixels) pixels", expecting: [expected]) { gather in
        var output = GuardedFloats(count: expected.count)
        gather(images, indices, 5, Int64(pixels), &output.memory)
        return [output]
      }
    }
  }
}
