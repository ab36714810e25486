/// The rates of all workers of a measurement together, just before and after its steps.
package struct MachineProbe: Codable, Sendable, Equatable {
  /// The FMA peak of all workers together, in 10^9 floating-point operations per second; nil in
  /// files of older versions.
  package var peakGigaflops: Double?
  /// The rate of OpenBLAS's products of 1024 x 1024 matrices by all workers together, in the same
  /// unit: older versions measured it in place of the FMA peak.
  package var productGigaflops: Double?
  /// The time in seconds from one barrier to the next, without work in between.
  package var barrierSeconds: Double
  /// The bytes read and written per second by all workers together, on arrays larger than the
  /// caches.
  package var memoryBandwidth: Double
  /// The additional time in seconds to access a cache line that one worker writes and another
  /// reads, while all workers do so; nil for one worker.
  package var lineTransferSeconds: Double?

  private enum CodingKeys: String, CodingKey {
    case peakGigaflops = "peak_gigaflops"
    case productGigaflops = "gemm_gigaflops"
    case barrierSeconds = "barrier_seconds"
    case memoryBandwidth = "memory_bytes_per_second"
    case lineTransferSeconds = "line_transfer_seconds"
  }

  /// The rate that was measured, for ratios of workers' rates: the FMA peak, or that of products.
  var gigaflops: Double? { peakGigaflops ?? productGigaflops }
}
