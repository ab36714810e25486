import Testing

@testable import Scaling

@Suite("Laws of scaling")
struct ScalingLawTests {
  @Test("Karp and Flatt's fraction is the serial fraction of a program that follows Amdahl's law")
  func karpFlatt() {
    for serial in [0.0, 0.03, 0.2] {
      for workers in [2, 7, 64] {
        let speedup = 1 / (serial + (1 - serial) / Double(workers))
        let fraction = KarpFlatt.serialFraction(speedup: speedup, workers: workers)
        #expect(abs(fraction - serial) < 1e-12)
      }
    }
    let estimate = KarpFlatt.serialFraction(
      speedup: Estimate(median: 3, low: 2, high: 4), workers: 4)
    #expect(estimate.low.map { abs($0) < 1e-12 } == true)
    #expect(estimate.high.map { abs($0 - 1 / 3.0) < 1e-12 } == true)
    #expect(KarpFlatt.serialFraction(speedup: 4.4, workers: 4) < 0)
  }

  @Test("Amdahl's law is found again in its own figures", arguments: [0.0, 0.05, 0.5])
  func amdahl(_ serial: Double) throws {
    let speedups = [1, 2, 4, 8].reduce(into: [Int: Double]()) { result, workers in
      result[workers] = 1 / (serial + (1 - serial) / Double(workers))
    }
    let fit = try #require(AmdahlFit(speedups: speedups))
    #expect(abs(fit.serialFraction - serial) < 1e-12)
    #expect(fit.residuals.keys.sorted() == [1, 2, 4, 8])
    #expect(fit.residuals.values.allSatisfy { abs($0) < 1e-12 })
    if serial > 0 { #expect(abs((fit.limit ?? 0) - 1 / serial) < 1e-6) }
  }

  @Test("are fitted alike whatever the order of the points is")
  func order() {
    // A dictionary's order depends on its capacity.
    let fits = (0..<10).map { power in
      var speedups = [Int: Double](minimumCapacity: 1 << power)
      for workers in 1...12 { speedups[workers] = 1 / (0.07 + 0.93 / Double(workers)) }
      return (AmdahlFit(speedups: speedups), UniversalScalabilityFit(rates: speedups))
    }
    #expect(fits.allSatisfy { $0.0 == fits[0].0 && $0.1 == fits[0].1 })
  }

  @Test("two points fit any law, so none is fitted")
  func tooFew() {
    #expect(AmdahlFit(speedups: [1: 1, 2: 1.8]) == nil)
    #expect(UniversalScalabilityFit(rates: [1: 1, 2: 1.8, 4: 3]) == nil)
  }

  @Test("a speedup beyond the ideal has no serial fraction below 0")
  func superlinear() throws {
    let fit = try #require(AmdahlFit(speedups: [1: 1, 2: 2.1, 4: 4.3]))
    #expect(fit.serialFraction == 0)
    #expect(fit.limit == nil)
    #expect((fit.residuals[4] ?? 0) > 0.05)
  }

  @Test(
    "the universal law is found again in its own figures, with its best number of workers",
    arguments: [(0.0, 0.0), (0.04, 0.0), (0.0, 0.001), (0.03, 0.0005)])
  func universal(_ contention: Double, _ coherency: Double) throws {
    let law = UniversalScalabilityFit(
      rate: 50_000, contention: contention, coherency: coherency, bestWorkers: nil, residuals: [:])
    let rates = [1, 2, 4, 8, 16].reduce(into: [Int: Double]()) {
      $0[$1] = law.rate(workers: Double($1))
    }
    let fit = try #require(UniversalScalabilityFit(rates: rates))
    #expect(abs(fit.rate / 50_000 - 1) < 1e-9)
    #expect(abs(fit.contention - contention) < 1e-9)
    #expect(abs(fit.coherency - coherency) < 1e-10)
    #expect(fit.residuals.values.allSatisfy { abs($0) < 1e-9 })
    if coherency > 1e-6 {
      let best = ((1 - contention) / coherency).squareRoot()
      #expect(abs((fit.bestWorkers ?? 0) / best - 1) < 1e-6)
      let rate = fit.rate(workers: best)
      #expect(rate > fit.rate(workers: best - 1) && rate > fit.rate(workers: best + 1))
    }
  }

  @Test("the universal law is fitted with parameters of at least 0")
  func bounded() throws {
    let rates = [1: 100.0, 2: 205, 4: 400, 8: 830]
    let fit = try #require(UniversalScalabilityFit(rates: rates))
    #expect(fit.contention >= 0 && fit.coherency >= 0)
    func squares(_ fit: UniversalScalabilityFit) -> Double {
      rates.reduce(0) { sum, point in
        let residual = point.value / fit.rate(workers: Double(point.key)) - 1
        return sum + residual * residual
      }
    }
    let least = squares(fit)
    for rate in [-1.0, 0, 1].map({ fit.rate + $0 }) {
      for contention in [0, 0.002].map({ fit.contention + $0 }) {
        for coherency in [0, 0.0002].map({ fit.coherency + $0 }) {
          let other = UniversalScalabilityFit(
            rate: rate, contention: contention, coherency: coherency, bestWorkers: nil,
            residuals: [:])
          #expect(squares(other) >= least * 0.999)
        }
      }
    }
  }
}
