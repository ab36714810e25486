import Parallel

/// A batch with fewer units of work than workers.
package struct IdleWorkers: Sendable, Equatable {
  /// The number of rows in the batch.
  package let batchSize: Int
  /// The rows of a unit, which is never divided among workers.
  package let unitRows: Int
  /// The number of workers that share the batch.
  package let workers: Int

  /// Finds workers without work; nil if there is a unit for each.
  ///
  /// - Parameters:
  ///   - batchSize: The number of rows in the batch, at least 1.
  ///   - unitRows: The rows of a unit, at least 1.
  ///   - workers: The number of workers that share the batch, at least 1.
  package init?(batchSize: Int, unitRows: Int, workers: Int) {
    self.batchSize = batchSize
    self.unitRows = unitRows
    self.workers = workers
    if unitCount >= workers { return nil }
  }

  /// The number of units in the batch, which is the number of workers with work.
  package var unitCount: Int { (batchSize - 1) / unitRows + 1 }

  /// The smallest number of rows in a batch with a unit for every worker; nil if it overflows.
  package var largerBatchSize: Int? {
    let (rows, overflow) = workers.multipliedReportingOverflow(by: unitRows)
    return overflow ? nil : rows
  }
}
