import Pages

extension ScalingSeries {
  /// One sentence for each fitted law, with its residuals.
  var fitSentences: [String] {
    [amdahl?.sentence, universal?.sentence].compactMap(\.self)
  }
}

extension AmdahlFit {
  /// The law's parameters and residuals.
  var sentence: String {
    let limit = limit.map { "speedup at most \(FigureText.fixed($0, 1))" } ?? "no limit"
    return "Amdahl's law: serial fraction \(FigureText.fixed(serialFraction, 4)), \(limit); "
      + residualText(residuals)
  }
}

extension UniversalScalabilityFit {
  /// The law's parameters and residuals.
  var sentence: String {
    let best =
      bestWorkers.map { "predicted to be fastest with \(FigureText.fixed($0, 0)) workers" }
      ?? "predicted never to fall"
    return "Universal Scalability Law: \(FigureText.fixed(rate, 0)) samples/s of one worker, "
      + "contention \(FigureText.fixed(contention, 4)), "
      + "coherency \(FigureText.fixed(coherency, 6)), \(best); \(residualText(residuals))"
  }
}

/// The relative errors of a law at the measured points, by number of workers.
private func residualText(_ residuals: [Int: Double]) -> String {
  let list = residuals.sorted { $0.key < $1.key }.map { workers, residual in
    // Without a space, so that no line break can separate value and sign.
    "\(workers): \(FigureText.signedPercentage(residual).replacing(" ", with: ""))"
  }
  return "residuals by workers \(list.joined(separator: ", "))"
}
