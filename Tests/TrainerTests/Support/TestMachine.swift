@testable import Machine
@testable import Parallel

/// This machine, with an OpenBLAS of one's choice.
func machine(core: String = "Haswell", version: String = "0.3.21") -> Machine {
  var machine = Machine.current(usable: UsableCPUs.current(), blasCore: nil)
  machine.openBLAS.core = core
  machine.openBLAS.version = version
  return machine
}
