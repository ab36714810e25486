import CTensorBoardEvents

@testable import TensorBoard

extension Event {
  /// Bytes that are no event.
  struct Undecodable: Error {}

  /// Decodes an event.
  ///
  /// - Parameter bytes: An event's encoding.
  /// - Throws: `Undecodable`.
  init(encoding bytes: [UInt8]) throws {
    guard let message = tensorboard__event__unpack(nil, bytes.count, bytes) else {
      throw Undecodable()
    }
    defer { tensorboard__event__free_unpacked(message, nil) }
    let event = message.pointee
    let content: Content
    switch event.what_case {
    case TENSORBOARD__EVENT__WHAT_FILE_VERSION:
      content = .fileVersion(String(cString: event.file_version))
    case TENSORBOARD__EVENT__WHAT_SUMMARY:
      content = .summary(
        try Self.pointees(event.summary.pointee.value, event.summary.pointee.n_value)
          .map { try SummaryValue($0) })
    case TENSORBOARD__EVENT__WHAT_SESSION_LOG:
      guard
        event.session_log.pointee.status == TENSORBOARD__SESSION_LOG__SESSION_STATUS__START
      else { throw Undecodable() }
      content = .sessionStart
    default: throw Undecodable()
    }
    self.init(wallTime: event.wall_time, step: event.step, content: content)
  }

  private static func pointees<Message>(
    _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, _ count: Int
  ) -> [Message] {
    UnsafeBufferPointer(start: pointers, count: count).compactMap { $0?.pointee }
  }

  /// The version of the format, where the event says one.
  var fileVersion: String? {
    if case .fileVersion(let version) = content { version } else { nil }
  }

  /// The figures of the step; none where the event says something else.
  var values: [SummaryValue] {
    if case .summary(let values) = content { values } else { [] }
  }
}

extension SummaryValue {
  fileprivate init(_ message: Tensorboard__Summary__Value) throws {
    let tag = message.tag.map { String(cString: $0) } ?? ""
    switch message.value_case {
    case TENSORBOARD__SUMMARY__VALUE__VALUE_SIMPLE_VALUE:
      self.init(tag: tag, figure: .scalar(message.simple_value))
    case TENSORBOARD__SUMMARY__VALUE__VALUE_HISTO:
      self.init(tag: tag, figure: .histogram(HistogramFigure(message.histo.pointee)))
    default: throw Event.Undecodable()
    }
  }

  /// The figure, where it is a number.
  var scalar: Float? {
    if case .scalar(let number) = figure { number } else { nil }
  }

  /// The figure, where it is a histogram.
  var histogram: HistogramFigure? {
    if case .histogram(let histogram) = figure { histogram } else { nil }
  }
}

extension HistogramFigure {
  fileprivate init(_ message: Tensorboard__HistogramProto) {
    self.init(
      minimum: message.min, maximum: message.max, count: message.num, sum: message.sum,
      sumOfSquares: message.sum_squares,
      bucketLimits: Array(
        UnsafeBufferPointer(start: message.bucket_limit, count: message.n_bucket_limit)),
      bucketCounts: Array(UnsafeBufferPointer(start: message.bucket, count: message.n_bucket)))
  }
}
