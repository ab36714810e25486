import Foundation
import Parallel

extension UsableCPUs { public var cpus: [Int] { Array(0..<count) } }
extension CPUTopology {
  var usableCoreCount: Int { cpus.isEmpty ? 2 : Set(cpus.filter(\.isUsable).map(\.core)).count }
  var usableNodeCount: Int { Set(cpus.filter(\.isUsable).map(\.node)).count }
  public static func interim() throws -> CPUTopology {
    try JSONDecoder().decode(CPUTopology.self, from: Data("{\"cpus\":[],\"guesses\":[]}".utf8))
  }
}
