import CKernels
import Parallel

/// The sum over positions of a leaf's weight gradient, as chains that are added in the pairwise
/// tree.
extension Convolution {
  /// Some images, or some rows of one image, whose positions are one chain.
  struct Chain {
    /// The images.
    var images: Range<Int>
    /// Which of the chains of an image, if there are several.
    var part = 0
    /// The rows of the output, of all images one after another.
    var outputRows: Range<Int>
  }

  /// The chains that an image is cut into.
  private var chainsPerImage: Int { winograd?.chainsPerImage ?? 1 }

  /// The images of a chain: a power of two, of which the tree of a leaf is made.
  ///
  /// A chain of several images has at most `PRODUCT_DEPTH` terms. The direct kernel cuts longer
  /// ones itself.
  var chainImages: Int {
    let terms = winograd?.tiles ?? positions
    var count = 1
    while engine == .native, 2 * count <= LeafPlan.leafRows, 2 * count * terms <= PRODUCT_DEPTH {
      count *= 2
    }
    return count
  }

  /// Counts the chains of a leaf.
  ///
  /// - Parameter images: The images of the leaf.
  /// - Returns: The number of chains, of which the tree has its leaves.
  func chainCount(images: Int) -> Int {
    (images + chainImages - 1) / chainImages * chainsPerImage
  }

  /// One of the chains of a leaf.
  ///
  /// - Parameters:
  ///   - index: Its index in the leaf.
  ///   - images: The images of the leaf.
  /// - Returns: Where the chain lies.
  func chain(_ index: Int, ofImages images: Range<Int>) -> Chain {
    let (number, part) = index.quotientAndRemainder(dividingBy: chainsPerImage)
    let first = images.lowerBound + number * chainImages
    let run = first..<min(first + chainImages, images.upperBound)
    return Chain(
      images: run, part: part,
      outputRows: chainsPerImage == 1
        ? 0..<run.count * rows.outputCount
        : winograd?.outputRows(ofChain: part) ?? 0..<0)
  }
}
