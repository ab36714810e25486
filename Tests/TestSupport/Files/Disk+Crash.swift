extension Disk {
  /// The states in which a crash of the machine may leave the disk.
  ///
  /// - Parameters:
  ///   - limit: The most states. If there are more possibilities, the states are those in which
  ///     nothing, all, or all but one of the unsynchronized changes are on disk, and a random
  ///     choice of the others.
  ///   - generator: Makes the choice.
  /// - Returns: The states, each once.
  package func crashStates(
    limit: Int, using generator: inout some RandomNumberGenerator
  ) -> [Disk] {
    let choices = pendingChoices
    var count = 1
    for choice in choices where count <= limit { count *= choice }
    var states: [Disk] = []
    var seen: Set<[String: [UInt8]?]> = []
    func add(_ fates: [Int]) {
      let state = crashed(fates)
      if seen.insert(state.tree).inserted { states.append(state) }
    }
    if count <= limit {
      for number in 0..<count {
        var rest = number
        add(
          choices.map { choice in
            defer { rest /= choice }
            return rest % choice
          })
      }
      return states
    }
    // The last fate is that the change is on disk.
    let all = choices.map { $0 - 1 }
    add(choices.map { _ in 0 })
    add(all)
    for place in choices.indices.shuffled(using: &generator).prefix(limit / 2) {
      var fates = all
      fates[place] = 0
      add(fates)
    }
    for _ in states.count..<max(limit, states.count) {
      add(choices.map { Int.random(in: 0..<$0, using: &generator) })
    }
    return states
  }

  /// The number of fates of each unsynchronized change: a change of names and a new size are on
  /// disk or not; of what was written also the first half may be.
  private var pendingChoices: [Int] {
    nodes.flatMap { node in
      switch node {
      case .file(let file):
        file.pending.map { change in
          if case .write = change { 3 } else { 2 }
        }
      case .folder(let folder): folder.pending.map { _ in 2 }
      }
    }
  }

  /// The disk after a crash.
  ///
  /// - Parameter fates: What happens to each unsynchronized change: 0 if it is lost; the largest
  ///   number if it is on disk.
  /// - Returns: The disk, with nothing unsynchronized.
  private func crashed(_ fates: [Int]) -> Disk {
    var result = self
    var fates = fates[...]
    for (number, node) in nodes.enumerated() {
      switch node {
      case .file(var file):
        file.content = file.durable
        for change in file.pending {
          guard let fate = fates.popFirst(), fate > 0 else { continue }
          if case .write = change, fate == 1 {
            change.half.apply(to: &file.content)
          } else {
            change.apply(to: &file.content)
          }
        }
        file.durable = file.content
        file.pending = []
        result.nodes[number] = .file(file)
      case .folder(var folder):
        folder.names = folder.durable
        for change in folder.pending where fates.popFirst() != 0 {
          for (name, node) in change { folder.names[name] = node }
        }
        folder.durable = folder.names
        folder.pending = []
        result.nodes[number] = .folder(folder)
      }
    }
    return result
  }
}
