/// Paragraphs that several help texts share.
enum HelpText {
  /// The documented exit codes.
  static let exitCodes = """
    Exit codes: 0 done, 64 wrong usage, 65 bad data, 66 data not found, 70 diverged or internal \
    error, 71 memory, threads or descriptors refused, 74 input or output failed; with a \
    checkpoint to resume from, 75 stopped by SIGTERM or SIGUSR1, 130 by SIGINT.
    """

  /// Where data sets are searched.
  static let datasets = """
    Data sets are looked for in $TRAINER_DATA/NAME, then in the user's cache, where \
    `trainer data fetch` puts them, then in /usr/share/datasets/NAME.
    """
}

/// The titles of the groups of options that several commands have.
enum GroupTitle {
  static let models = "Models"
  static let execution = "Execution"
  static let data = "Data"
  static let batches = "Batches"
  static let network = "Network"
  static let optimizer = "Optimizer"
}
