import CKernels
import Model
import Parallel

/// The context that the parts of a step share: the model, its memory and the workers.
struct StepContext: Sendable {
  let state: ModelState
  let team: WorkerTeam
  let workspace: Workspace
  let caches: ParameterCaches
  let profile: StageProfile?

  /// Waits for the other workers.
  @inline(__always)
  func waitForWorkers(worker: Int) {
    team.barrier.wait()
    lap(worker: worker, .wait)
  }

  /// Records what a worker has done since its last lap, if there is a profile.
  @inline(__always)
  func lap(worker: Int, _ label: StageLabel) {
    profile?.lap(worker: worker, label)
  }

  /// A worker's slice of a merge's columns.
  func columns(of partials: PartialResults, worker: Int) -> Range<Int> {
    partials.rule.columns(of: worker, workers: team.count)
  }

  /// Uses the gradients of a run of parameters, which all decay or none.
  ///
  /// - Parameters:
  ///   - gradient: The gradients (range's count), summed over the batch.
  ///   - range: Floats of the flat buffers.
  ///   - decays: Whether weight decay applies.
  ///   - use: How the gradients are used.
  @inline(__always)
  func use(
    _ gradient: UnsafePointer<Float>, of range: Range<Int>, decays: Bool, _ use: GradientUse
  ) {
    switch use {
    case .update(let update): apply(update, to: range, decays: decays, gradients: gradient)
    case .store:
      let place = state.gradients.pointer + range.lowerBound
      // A merge has already written them there.
      if place != gradient { place.update(from: gradient, count: range.count) }
    }
  }

  /// Prefetches what an update of a run of parameters changes.
  @inline(__always)
  func prefetch(_ range: Range<Int>) {
    let count = Int64(range.count)
    prefetch_for_writing(state.parameters.pointer + range.lowerBound, count)
    let place = range.lowerBound - state.ownedParameters.lowerBound
    for values in state.optimizerStates {
      prefetch_for_writing(values.pointer + place, count)
    }
  }

  /// Updates a run of parameters, which all decay or none.
  @inline(__always)
  func apply(
    _ update: OptimizerStep, to range: Range<Int>, decays: Bool, gradients: UnsafePointer<Float>
  ) {
    let states = state.optimizerStates
    let parameters = state.parameters.pointer + range.lowerBound
    // Rules with fewer states ignore the pointers in their place.
    let place = range.lowerBound - state.ownedParameters.lowerBound
    let state1 = states.isEmpty ? parameters : states[0].pointer + place
    let state2 = states.count < 2 ? parameters : states[1].pointer + place
    update.apply(
      to: parameters, gradients: gradients, state1: state1, state2: state2, count: range.count,
      decays: decays)
  }
}
