import ImageData
import Machine
import Model
import Pages
import Parallel
import Training

/// A run in words.
enum RunDescription {
  /// Warns of threads that a batch has no work for, and names the options that help.
  ///
  /// - Parameters:
  ///   - configuration: The run's settings.
  ///   - unitRows: The rows that are never divided among threads.
  ///   - rankCount: The ranks that share a batch; each is taken to have as many threads.
  ///   - sampleCount: The training samples, which no batch exceeds.
  static func warnOfIdleThreads(
    _ configuration: TrainingConfiguration, unitRows: Int, rankCount: Int, sampleCount: Int
  ) {
    guard
      let idle = IdleWorkers(
        batchSize: configuration.batchSize, unitRows: unitRows, ranks: rankCount,
        threads: configuration.threads)
    else { return }
    let larger = idle.largerBatchSize.flatMap { $0 <= sampleCount ? $0 : nil }
    Console.warning(
      "a batch of \(configuration.batchSize) has work for \(idle.busyCount) of \(idle.workerCount) "
        + "threads\(rankCount > 1 ? " on \(rankCount) ranks" : ""); the others are idle in most of "
        + "a step; "
        + (larger.map {
          "--batch-size \($0) gives all of them work, but makes fewer updates per epoch "
            + "(docs/scaling.md, Many cores)"
        } ?? (rankCount > 1 ? "fewer ranks are as fast" : "--threads \(idle.busyCount) is as fast"))
    )
  }

  /// Prints a note if threads outnumber the CPUs.
  ///
  /// - Parameters:
  ///   - threads: The threads of this process.
  ///   - cpuCount: The CPUs that it has.
  static func noteSharedCPUs(threads: Int, cpuCount: Int) {
    guard threads > cpuCount else { return }
    Console.note(
      "\(threads) threads on \(counted(cpuCount, "CPU")) take turns; --threads \(cpuCount) is "
        + "usually faster, with the same result")
  }

  /// Data, network, optimizer and batches.
  static func lines(_ run: TrainingRun, machine: Machine) -> [String] {
    let configuration = run.configuration
    let training = run.dataset.training
    let settings = configuration.optimizer.settings
      .map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    let extras = extras(configuration)
    var lines = [
      """
      \(run.dataset.name): \(training.count) training and \(run.dataset.test.count) test images of \
      \(training.imageSize.compact), \(counted(run.dataset.classCount, "class"))
      """,
      """
      model: \(configuration.model), classifier of \(run.dataset.classCount); \
      \(run.state.network.parameters.valueCount) parameters\(dropout(configuration))
      """,
      "optimizer: \(configuration.optimizer.kind.rawValue), \(settings)",
    ]
    if !extras.isEmpty { lines.append("with: \(extras.joined(separator: ", "))") }
    lines.append(
      """
      batch \(configuration.batchSize) in shards of up to \
      \(configuration.shardSize.rows(for: run.state.network)), \
      \(run.communicator.size > 1 ? "\(run.communicator.size) ranks, " : "")\
      \(counted(configuration.threads, "thread")), seed \(configuration.seed), \
      \(machine.words(of: configuration.engine))
      """)
    return wrapped(lines)
  }

  /// This rank's threads and CPUs, and the effect of several ranks on the bits and the messages.
  static func lines(
    _ cpus: RankCPUs, _ configuration: TrainingConfiguration, rankCount: Int
  ) -> [String] {
    let blocks = LeafPlan(rowCount: configuration.batchSize).blockCount
    let shares = TreeShares(leafCount: blocks, leafCapacity: blocks, rankCount: rankCount)
    let sums = (0..<rankCount).reduce(0) { max($0, shares.subtreeCount(of: $1)) }
    let advice =
      "; a power of two of ranks that divides the \(blocks) blocks of \(LeafPlan.blockRows) rows "
      + "sends 1"
    return wrapped([
      """
      rank 0: \(counted(configuration.threads, "thread")), \(counted(cpus.count, "CPU")) to use \
      (\(cpus.reason)); \(counted(cpus.localRankCount, "rank")) on this machine
      """,
      """
      ranks: the same bits as one process, for any number of them; to each other rank each sends \
      \(sums > 1 ? "up to " : "")\(counted(sums, "partial sum")) of gradients\
      \(sums > 1 ? advice : "")
      """,
    ])
  }

  /// Lines that fit 80 columns.
  private static func wrapped(_ lines: [String]) -> [String] {
    lines.flatMap { TerminalText.wrapped($0, width: 80, indent: 2) }
  }

  /// A sentence about a run's end; nil if its last epoch is all there is to say.
  static func ending(_ ending: RunEnding, _ run: TrainingRun) -> String? {
    guard let best = run.position.best else { return nil }
    switch ending {
    case .completed, .stopped: return nil
    case .earlyStopping:
      return "stopped early: no validation loss below "
        + "\(FigureText.loss(best.validation?.loss ?? best.test.loss)) (epoch \(best.epoch)) for "
        + counted(run.position.epochsWithoutImprovement, "epoch")
    case .targetAccuracy:
      guard let target = run.configuration.targetAccuracy,
        let epoch = run.position.epoch(reaching: target)
      else { return nil }
      return "stopped early: target accuracy \(FigureText.percentage(target)) was reached in epoch "
        + "\(epoch.epoch), step \(epoch.step), after \(fixed(epoch.seconds, 2)) s"
    }
  }

  /// Sentences about a run that was at its end when it was resumed.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - last: The figures of its last epoch.
  /// - Returns: One or two lines.
  static func complete(_ run: TrainingRun, last: EpochRecord) -> [String] {
    let position = run.position
    // Steps may have ended it within an epoch.
    let done =
      position.stepInEpoch == 0
      ? "\(position.epoch - 1) of \(counted(run.configuration.epochs, "epoch"))"
      : "\(position.step) of \(counted(run.stepLimit, "step"))"
    let words = "complete: \(done), test accuracy \(FigureText.percentage(last.test.accuracy))"
    let cannotGrow =
      run.ending == .earlyStopping || run.ending == .targetAccuracy
      || run.configuration.schedule.dependsOnLength
    return [words] + (cannotGrow ? [] : ["to train longer, raise --epochs or --steps"])
  }

  /// The settings that are not the defaults.
  private static func extras(_ configuration: TrainingConfiguration) -> [String] {
    // These are shown elsewhere.
    let others: Set = [
      "threads", "batch-size", "shard-size", "seed", "epochs", "steps", "engine",
      "model", "dropout-mode",
    ]
    let standard = TrainingConfiguration.standard
    var extras = TrainingConfiguration.declarations.filter { !others.contains($0.name) }
      .compactMap { declaration in
        let setting = declaration.value(of: configuration)?.setting
        return setting == declaration.value(of: standard)?.setting ? nil : setting
      }
    let schedule = configuration.schedule
    if schedule != standard.schedule {
      extras.append(Setting("lr-schedule", .text(schedule.kind.rawValue)))
      extras += schedule.settings.map(\.setting)
    }
    return extras.map { "\($0.name) \($0.value)" }
  }

  /// When dropout rescales activations, if there is any.
  private static func dropout(_ configuration: TrainingConfiguration) -> String {
    configuration.model.hasDropout ? ", \(configuration.dropoutMode.rawValue) dropout" : ""
  }
}

extension TrainingRun {
  /// Sentences about options that do not have their usual effect in this run; none for most runs.
  var optionsWithoutEffect: [String] {
    var result: [String] = []
    let warmup = configuration.warmupSteps
    if warmup > stepLimit {
      result.append(
        "--warmup-steps is \(warmup), but the run has \(counted(stepLimit, "step")): the learning "
          + "rate does not reach \(configuration.optimizer.learningRate)")
    }
    let batches = (samplesPerEpoch - 1) / configuration.batchSize + 1
    if configuration.accumulate > batches {
      result.append(
        "--accumulate is \(configuration.accumulate), but an epoch has "
          + "\(counted(batches, "batch", plural: "batches")): each epoch makes one step")
    }
    return result
  }
}
