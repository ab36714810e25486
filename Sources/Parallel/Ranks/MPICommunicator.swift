#if MPI
  import CMPI
  import Glibc

  /// The ranks that `mpirun` or a scheduler has started; a single rank if the process was started
  /// alone.
  ///
  /// Threads of a rank must take turns: MPI is initialized with `MPI_THREAD_SERIALIZED`.
  package final class MPICommunicator: Communicator, @unchecked Sendable {
    /// The rank of this process.
    package let rank: Int
    /// The number of processes.
    package let size: Int
    /// Whether all processes share memory.
    package let isOnOneMachine: Bool

    private let world = cmpi_comm_world()
    /// A cache line, the unit of large messages: counts in MPI have only 32 bits.
    private let line: MPI_Datatype
    private static let lineSize = 64
    /// Counts and offsets for MPI, of sent and received parts: first those of blocking calls, then
    /// those of each slot.
    private let arguments: AlignedBuffer<Int32>
    /// The request of each slot, or null.
    private let requests: UnsafeMutablePointer<MPI_Request?>
    private let onFailure: @Sendable (String) -> Never

    /// Initializes MPI; call it once per process, on the main thread.
    ///
    /// - Parameter onFailure: Ends the job after a call that failed; its argument describes the
    ///   failure.
    package init(onFailure: @escaping @Sendable (String) -> Never) {
      func require(_ code: Int32, _ call: String) {
        if code != Self.success { onFailure(Self.explanation(call, code)) }
      }
      let neededLevel = Int32(MPI_THREAD_SERIALIZED)
      // A waiting rank spins, and would keep a shared core from the very rank that it waits for.
      setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0)
      var level: Int32 = 0
      require(MPI_Init_thread(nil, nil, neededLevel, &level), "MPI_Init_thread")
      guard level >= neededLevel else {
        onFailure("MPI gives thread level \(level), expected MPI_THREAD_SERIALIZED or more")
      }
      require(cmpi_return_errors(), "MPI_Comm_set_errhandler")
      var rank: Int32 = 0
      var size: Int32 = 0
      require(MPI_Comm_rank(world, &rank), "MPI_Comm_rank")
      require(MPI_Comm_size(world, &size), "MPI_Comm_size")
      var line: MPI_Datatype? = cmpi_byte()
      var localSize: Int32 = 0
      require(cmpi_local_size(&localSize), "MPI_Comm_split_type")
      require(
        MPI_Type_contiguous(Int32(Self.lineSize), cmpi_byte(), &line), "MPI_Type_contiguous")
      require(MPI_Type_commit(&line), "MPI_Type_commit")
      guard let line else { onFailure("MPI_Type_contiguous gives no type") }
      self.rank = Int(rank)
      self.size = Int(size)
      isOnOneMachine = localSize == size
      self.line = line
      arguments = AlignedBuffer(count: 4 * (1 + Self.slotCount) * Int(size))
      requests = .allocate(capacity: Self.slotCount)
      requests.initialize(repeating: cmpi_request_null(), count: Self.slotCount)
      self.onFailure = onFailure
    }

    /// Finalizes MPI together with all ranks.
    ///
    /// No other call may follow.
    package func finish() {
      require(MPI_Finalize(), "MPI_Finalize")
    }

    /// Ends all ranks at once.
    ///
    /// - Parameter code: The job's exit code.
    package func abort(code: Int32) {
      MPI_Abort(world, code)
    }

    /// `MPI_Allgatherv`, in place.
    package func allGather(_ buffer: UnsafeMutableRawPointer, parts: UnsafePointer<RankPart>) {
      // The parts are the same on all ranks, and so is the unit.
      let unit = unit(of: parts)
      let (counts, offsets) = list(parts, in: unit.size, at: 0)
      require(
        MPI_Allgatherv(
          cmpi_in_place(), 0, cmpi_byte(), buffer, counts, offsets, unit.type, world),
        "MPI_Allgatherv")
    }

    /// `MPI_Alltoallv`.
    package func allToAll(
      _ send: UnsafeRawPointer, sendParts: UnsafePointer<RankPart>,
      into receive: UnsafeMutableRawPointer, receiveParts: UnsafePointer<RankPart>
    ) {
      // Sender and receiver may use different units: only the number of bytes must agree.
      let sent = unit(of: sendParts)
      let received = unit(of: receiveParts)
      let (sendCounts, sendOffsets) = list(sendParts, in: sent.size, at: 0)
      let (receiveCounts, receiveOffsets) = list(receiveParts, in: received.size, at: 2)
      require(
        MPI_Alltoallv(
          send, sendCounts, sendOffsets, sent.type, receive, receiveCounts, receiveOffsets,
          received.type, world), "MPI_Alltoallv")
    }

    /// `MPI_Iallgatherv`, in place.
    package func startAllGather(
      slot: Int, _ buffer: UnsafeMutableRawPointer, parts: UnsafePointer<RankPart>
    ) {
      let unit = unit(of: parts)
      let (counts, offsets) = list(parts, in: unit.size, at: 4 * (1 + slot))
      require(
        MPI_Iallgatherv(
          cmpi_in_place(), 0, cmpi_byte(), buffer, counts, offsets, unit.type, world,
          requests + slot), "MPI_Iallgatherv")
    }

    /// `MPI_Ialltoallv`.
    package func startAllToAll(
      slot: Int, _ send: UnsafeRawPointer, sendParts: UnsafePointer<RankPart>,
      into receive: UnsafeMutableRawPointer, receiveParts: UnsafePointer<RankPart>
    ) {
      let sent = unit(of: sendParts)
      let received = unit(of: receiveParts)
      let (sendCounts, sendOffsets) = list(sendParts, in: sent.size, at: 4 * (1 + slot))
      let (receiveCounts, receiveOffsets) = list(
        receiveParts, in: received.size, at: 4 * (1 + slot) + 2)
      require(
        MPI_Ialltoallv(
          send, sendCounts, sendOffsets, sent.type, receive, receiveCounts, receiveOffsets,
          received.type, world, requests + slot), "MPI_Ialltoallv")
    }

    /// `MPI_Testall`: the library makes progress only during calls.
    package func advance() {
      var done: Int32 = 0
      require(cmpi_test_all(Int32(Self.slotCount), requests, &done), "MPI_Testall")
    }

    /// `MPI_Wait`.
    package func finish(slot: Int) {
      require(cmpi_wait(requests + slot), "MPI_Wait")
    }

    /// `MPI_Bcast`.
    package func broadcast(_ buffer: UnsafeMutableRawPointer, count: Int, from root: Int) {
      let isLines = count.isMultiple(of: Self.lineSize)
      require(
        MPI_Bcast(
          buffer, int32(isLines ? count / Self.lineSize : count), isLines ? line : cmpi_byte(),
          Int32(root), world), "MPI_Bcast")
    }

    /// `MPI_Send` and `MPI_Recv`.
    package func send(
      _ buffer: UnsafeMutableRawPointer, count: Int, from sender: Int, to receiver: Int
    ) {
      let isLines = count.isMultiple(of: Self.lineSize)
      let units = int32(isLines ? count / Self.lineSize : count)
      let type = isLines ? line : cmpi_byte()
      if rank == sender {
        require(MPI_Send(buffer, units, type, Int32(receiver), 0, world), "MPI_Send")
      } else if rank == receiver {
        require(cmpi_receive(buffer, units, type, Int32(sender)), "MPI_Recv")
      }
    }

    /// `MPI_Allreduce` by `MPI_MAX`.
    package func largest(_ value: Int64) -> Int64 {
      var value = value
      require(
        MPI_Allreduce(cmpi_in_place(), &value, 1, cmpi_int64(), cmpi_max(), world),
        "MPI_Allreduce")
      return value
    }

    /// The unit to count in: cache lines if every part is whole lines, otherwise bytes.
    private func unit(of parts: UnsafePointer<RankPart>) -> (type: MPI_Datatype?, size: Int) {
      for rank in 0..<size {
        guard parts[rank].offset.isMultiple(of: Self.lineSize),
          parts[rank].count.isMultiple(of: Self.lineSize)
        else { return (cmpi_byte(), 1) }
      }
      return (line, Self.lineSize)
    }

    /// Converts parts to counts and offsets in a unit.
    private func list(
      _ parts: UnsafePointer<RankPart>, in unit: Int, at place: Int
    ) -> (counts: UnsafePointer<Int32>, offsets: UnsafePointer<Int32>) {
      let counts = arguments.pointer + place * size
      let offsets = counts + size
      for rank in 0..<size {
        counts[rank] = int32(parts[rank].count / unit)
        offsets[rank] = int32(parts[rank].offset / unit)
      }
      return (UnsafePointer(counts), UnsafePointer(offsets))
    }

    private func int32(_ count: Int) -> Int32 {
      guard let result = Int32(exactly: count) else {
        onFailure("a message of \(count) units is more than MPI can count")
      }
      return result
    }

    private static let success = Int32(MPI_SUCCESS)

    private func require(_ code: Int32, _ call: String) {
      if code != Self.success { onFailure(Self.explanation(call, code)) }
    }

    private static func explanation(_ call: String, _ code: Int32) -> String {
      var text = [CChar](repeating: 0, count: Int(MPI_MAX_ERROR_STRING) + 1)
      var length: Int32 = 0
      guard MPI_Error_string(code, &text, &length) == success else {
        return "\(call) failed with code \(code)"
      }
      let words = text.prefix(Int(length)).map { UInt8(bitPattern: $0) }
      return "\(call) failed: \(String(decoding: words, as: UTF8.self))"
    }
  }
#endif
