import CKernels
import TestSupport
import Testing

@testable import Model
@testable import Parallel

@Suite("The FMA peak")
struct FMAPeakTests {
  @Test("of a team is at most that of its fastest worker, times the workers", arguments: [1, 2, 5])
  func team(workers: Int) {
    let peak = FMAPeak.measure(team: .started(workers), seconds: 0.01)
    #expect(peak.gigaflops > 0)
    #expect(peak.gigaflops <= Double(workers) * peak.bestOfOneWorker * 1.000_001)
  }

  @Test("is reached by no product, neither of this program nor of OpenBLAS")
  func products() throws {
    let product = try OpenBLASProduct()
    let side = OpenBLASProduct.side
    let panels = Engine.native.panels(rows: side, columns: side)
    let (a, b, c) = (
      AlignedBuffer<Float>(count: side * side), AlignedBuffer<Float>(count: side * side),
      AlignedBuffer<Float>(count: side * side)
    )
    for buffer in [a, b, c] { buffer.elements.update(repeating: 1) }
    func native() -> Double {
      let best = (0..<3).map { _ in
        ContinuousClock().measure {
          NativeProduct.multiply(m: side, a.pointer, panels, b.pointer, into: c.pointer)
        } / .seconds(1)
      }.reduce(.infinity, min)
      let side = Double(side)
      return 2 * side * side * side / best / 1e9
    }
    // A busy machine may disturb a whole measurement of the peak, but not many.
    var peak = 0.0
    for engine in [{ product.gigaflops(seconds: 0.05) }, native] {
      let rate = engine()
      #expect(rate > 0 && rate.isFinite)
      for _ in 0..<20 where peak < rate {
        peak = max(peak, FMAPeak.measure(seconds: 0.05).bestOfOneWorker)
      }
      #expect(peak >= rate)
    }
  }
}
