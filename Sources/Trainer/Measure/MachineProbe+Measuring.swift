import Model
import Parallel

extension MachineProbe {
  static func measure(team: WorkerTeam) -> MachineProbe {
    let n = 1024
    let m = (0..<3 * team.count).map { _ in AlignedBuffer<Float>(count: n * n) }
    func go(_ k: Int) -> Double {
      let s = ContinuousClock.now
      team.run { w in
        for _ in 0..<k {
          BLAS.multiply(
            m: n, n: n, k: n, m[3 * w].pointer, strideA: n, m[3 * w + 1].pointer, strideB: n,
            into: m[3 * w + 2].pointer, strideC: n)
        }
      }
      return (ContinuousClock.now - s) / .seconds(1)
    }
    _ = go(1)
    return MachineProbe(
      gemmGigaflops: 2 * 1.073741824 * Double(8 * team.count) / go(8), barrierSeconds: 0,
      memoryBandwidth: 0)
  }
  func mean(with other: MachineProbe) -> MachineProbe {
    MachineProbe(
      gemmGigaflops: (gemmGigaflops + other.gemmGigaflops) / 2, barrierSeconds: 0,
      memoryBandwidth: 0)
  }
}
