/// The parts of a ``PyTorchModule`` that are the same for every network.
enum PyTorchProgram {
  /// Images as rows.
  static let flatten = #"""
    def flatten(images):
        """The values of each image in one row, in the trainer's order: rows, columns, channels."""
        return images.permute(0, 2, 3, 1).flatten(1)
    """#

  /// Dropout that scales in evaluation.
  static let vanillaDropout = #"""
    class VanillaDropout(nn.Module):
        """Dropout that multiplies by the probability to keep in evaluation, and does not scale in training."""

        def __init__(self, dropout):
            super().__init__()
            self.dropout = dropout

        def forward(self, x):
            # In training PyTorch's dropout divides by the probability to keep.
            return self.dropout(x) * (1 - self.dropout.p)
    """#

  /// Noise in training.
  static let gaussianNoise = #"""
    class GaussianNoise(nn.Module):
        """In training, adds normal numbers of a standard deviation."""

        def __init__(self, deviation):
            super().__init__()
            self.deviation = deviation

        def forward(self, x):
            return x + self.deviation * torch.randn_like(x) if self.training else x
    """#

  /// Reading a model.
  static let loading = #"""
    def read_safetensors(path):
        """The metadata of a safetensors file, and its tensors by their names."""
        with open(path, "rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(length))
            data = bytearray(file.read())
        metadata = header.pop("__metadata__", {})
        tensors = {}
        for name, entry in header.items():
            if entry["dtype"] != "F32":
                raise ValueError(f"{path}: {name}: found {entry['dtype']}, expected F32")
            first, end = entry["data_offsets"]
            values = torch.frombuffer(data, dtype=torch.float32, count=(end - first) // 4, offset=first)
            tensors[name] = values.reshape(entry["shape"])
        return metadata, tensors


    def load(path):
        """The network with the weights of a model file, for evaluation."""
        metadata, tensors = read_safetensors(path)
        architecture = json.loads(metadata.get("architecture", "{}"))
        for key, expected in [("model", MODEL), ("dropoutMode", DROPOUT_MODE)]:
            found = architecture.get(key, expected)
            if found != expected:
                raise ValueError(f"{path}: {key}: found {found}, expected {expected}")
        state = {}
        for name, tensor in tensors.items():
            if name.endswith(".weight"):
                # A convolution has (rows, columns, in, out), a linear layer (in, out).
                tensor = tensor.permute(3, 2, 0, 1) if tensor.dim() == 4 else tensor.T
            # PyTorch's names of what batch norm trains.
            name = name.replace(".gamma", ".weight").replace(".beta", ".bias")
            state[name] = tensor
        network = Network()
        network.load_state_dict(state)
        return network.eval()
    """#

  /// Reading images and labels.
  static let reading = #"""
    def read_idx(path):
        """The numbers of an IDX file: bytes or 32-bit integers."""
        with open(path, "rb") as file:
            data = file.read()
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        if data[:3] not in (b"\0\0\x08", b"\0\0\x0c"):
            raise ValueError(f"{path}: expected an IDX file of bytes or 32-bit integers")
        start = 4 + 4 * data[3]
        shape = struct.unpack(f">{data[3]}I", data[4:start])
        if data[2] == 8:
            numbers = torch.frombuffer(bytearray(data[start:]), dtype=torch.uint8)
        else:
            numbers = torch.tensor(struct.unpack(f">{(len(data) - start) // 4}i", data[start:]))
        return numbers.reshape(shape)


    def read_images(path):
        """Images as bytes, N x rows x columns x channels."""
        images = read_idx(path)
        return images if images.dim() == 4 else images.unsqueeze(3)


    def read_labels(path):
        """The class of each image. If there are several numbers for each, it is the first."""
        labels = read_idx(path).long()
        return labels if labels.dim() == 1 else labels[:, 0]
    """#

  /// Evaluation, and the program.
  ///
  /// - Parameter isOfImages: Whether the network takes images; otherwise it takes rows of values.
  /// - Returns: The code.
  static func evaluation(isOfImages: Bool) -> String {
    let batch =
      isOfImages
      ? "batch.permute(0, 3, 1, 2)  # channels first" : "batch.flatten(1)  # one row for each image"
    return #"""
      @torch.inference_mode()
      def evaluate(network, images, labels, batch_size=1000):
          """The mean loss, and the number of images that are predicted correctly."""
          loss, correct = 0.0, 0
          for first in range(0, len(images), batch_size):
              batch = images[first : first + batch_size].float() / 255
              batch = \#(batch)
              logits = network(batch)
              target = labels[first : first + batch_size]
              loss += F.cross_entropy(logits, target, reduction="sum").item()
              correct += (logits.argmax(1) == target).sum().item()
          return loss / len(images), correct


      def main():
          parser = argparse.ArgumentParser(description=f"Evaluates a model: {MODEL}")
          parser.add_argument("model", help="a model file of the trainer")
          parser.add_argument("images", nargs="?", help="an IDX file of images")
          parser.add_argument("labels", nargs="?", help="an IDX file of their classes")
          arguments = parser.parse_args()
          if arguments.images and not arguments.labels:
              parser.error("images need labels")
          network = load(arguments.model)
          print(f"parameters {sum(parameter.numel() for parameter in network.parameters())}")
          if arguments.images:
              images, labels = read_images(arguments.images), read_labels(arguments.labels)
              loss, correct = evaluate(network, images, labels)
              print(f"loss {loss:.6f}  accuracy {correct / len(images):.4%} ({correct} of {len(images)})")


      if __name__ == "__main__":
          main()
      """#
  }
}
