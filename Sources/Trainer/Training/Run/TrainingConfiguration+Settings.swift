import Model

extension TrainingConfiguration {
  /// The names that ``settings`` may have, under all rules.
  package static let settingNames: Set<String> = {
    var configuration = TrainingConfiguration(threads: 1)
    configuration.stepLimit = 1
    configuration.earlyStoppingPatience = 1
    configuration.targetAccuracy = 1
    configuration.clipNorm = 1
    configuration.maxNorm = 1
    configuration.emaDecay = 0
    var names: Set<String> = []
    for optimizer in OptimizerKind.allCases {
      configuration.optimizer = Optimizer(optimizer)
      names.formUnion(configuration.settings.map(\.name))
    }
    for schedule in LearningRateSchedule.Kind.allCases {
      configuration.schedule.kind = schedule
      names.formUnion(configuration.settings.map(\.name))
    }
    return names
  }()

  /// The effective settings that enter a run's result or length, in the order of the help text; what
  /// has no meaning for the chosen rules is left out.
  package var settings: [Setting] {
    var result = [Setting("epochs", .integer(epochs), .length)]
    if let stepLimit { result.append(Setting("steps", .integer(stepLimit), .length)) }
    result += [
      Setting("batch-size", .integer(batchSize)),
      Setting("shard-size", .integer(shardSize)),
      Setting("accumulate", .integer(accumulate)),
      Setting("shuffle", .flag(shuffle)),
      Setting("seed", .word(seed)),
      Setting("validation", .integer(validationCount)),
    ]
    if let earlyStoppingPatience {
      result.append(Setting("early-stopping", .integer(earlyStoppingPatience), .length))
    }
    if let targetAccuracy {
      result.append(Setting("target-accuracy", .number(targetAccuracy), .length))
    }
    result += [
      Setting("model", .text(model.description)),
      Setting("dropout-mode", .text(dropoutMode.rawValue)),
      Setting("label-smoothing", .number(labelSmoothing)),
      Setting("optimizer", .text(optimizer.kind.rawValue)),
    ]
    result += optimizer.settings.map { Setting($0.name, .number($0.value)) }
    result.append(Setting("lr-schedule", .text(schedule.kind.rawValue)))
    result += schedule.usedSettings.map { Setting($0.name, $0.value) }
    result.append(Setting("warmup-steps", .integer(schedule.warmupSteps)))
    for (name, value) in [("clip-norm", clipNorm), ("max-norm", maxNorm), ("ema", emaDecay)] {
      if let value { result.append(Setting(name, .number(value))) }
    }
    return result
  }
}
