@testable import Machine
@testable import Model
@testable import Parallel

/// This machine, with an OpenBLAS of one's choice.
func machine(core: String = "Haswell", version: String = "0.3.21") -> Machine {
  .current(
    usable: .current(),
    openBLAS: MachineBLAS(version: version, core: core, chosenBy: .automatic))
}
