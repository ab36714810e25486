import CProtobuf
import CTensorBoardEvents
import Protobuf

/// The events of `events.proto` as protobuf-c has them: structs that point to each other.
///
/// A number is left out if all its bits are 0, and a text if it is empty, as in proto3.
struct EventMessage {
  private let memory = MessageMemory()

  /// The bytes of an event.
  ///
  /// - Parameter event: The event; no text in it has a zero byte.
  /// - Returns: Its encoding.
  static func encoding(_ event: Event) -> [UInt8] {
    let parts = EventMessage()
    return withExtendedLifetime(parts.memory) {
      var message = parts.message(event)
      let size = tensorboard__event__get_packed_size(&message)
      return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        count = tensorboard__event__pack(&message, buffer.baseAddress)
      }
    }
  }

  private func message(_ event: Event) -> Tensorboard__Event {
    var message = Tensorboard__Event()
    tensorboard__event__init(&message)
    (message.wall_time, message.has_wall_time) = (event.wallTime, Self.isWritten(event.wallTime))
    (message.step, message.has_step) = (event.step, event.step == 0 ? 0 : 1)
    switch event.content {
    case .fileVersion(let version):
      message.what_case = TENSORBOARD__EVENT__WHAT_FILE_VERSION
      message.file_version = memory.place(version)
    case .summary(let values):
      message.what_case = TENSORBOARD__EVENT__WHAT_SUMMARY
      message.summary = memory.place([summary(values)])
    case .sessionStart:
      var log = Tensorboard__SessionLog()
      tensorboard__session_log__init(&log)
      log.status = TENSORBOARD__SESSION_LOG__SESSION_STATUS__START
      log.has_status = 1
      message.what_case = TENSORBOARD__EVENT__WHAT_SESSION_LOG
      message.session_log = memory.place([log])
    }
    return message
  }

  private func summary(_ values: [SummaryValue]) -> Tensorboard__Summary {
    var message = Tensorboard__Summary()
    tensorboard__summary__init(&message)
    message.n_value = values.count
    message.value = memory.places(of: values.map(value))
    return message
  }

  private func value(_ value: SummaryValue) -> Tensorboard__Summary__Value {
    var message = Tensorboard__Summary__Value()
    tensorboard__summary__value__init(&message)
    message.tag = value.tag.isEmpty ? nil : memory.place(value.tag)
    switch value.figure {
    case .scalar(let number):
      message.value_case = TENSORBOARD__SUMMARY__VALUE__VALUE_SIMPLE_VALUE
      message.simple_value = number
    case .histogram(let figure):
      message.value_case = TENSORBOARD__SUMMARY__VALUE__VALUE_HISTO
      message.histo = memory.place([histogram(figure)])
    }
    return message
  }

  private func histogram(_ figure: HistogramFigure) -> Tensorboard__HistogramProto {
    var message = Tensorboard__HistogramProto()
    tensorboard__histogram_proto__init(&message)
    (message.min, message.has_min) = (figure.minimum, Self.isWritten(figure.minimum))
    (message.max, message.has_max) = (figure.maximum, Self.isWritten(figure.maximum))
    (message.num, message.has_num) = (figure.count, Self.isWritten(figure.count))
    (message.sum, message.has_sum) = (figure.sum, Self.isWritten(figure.sum))
    message.sum_squares = figure.sumOfSquares
    message.has_sum_squares = Self.isWritten(figure.sumOfSquares)
    message.n_bucket_limit = figure.bucketLimits.count
    message.bucket_limit = memory.place(figure.bucketLimits)
    message.n_bucket = figure.bucketCounts.count
    message.bucket = memory.place(figure.bucketCounts)
    return message
  }

  private static func isWritten(_ number: Double) -> protobuf_c_boolean {
    number.bitPattern == 0 ? 0 : 1
  }
}
