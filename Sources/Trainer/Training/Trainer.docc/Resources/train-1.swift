// A program that trains a small network on Fashion-MNIST with the library `Trainer`.
import ImageData
import Model
import Training

let dataset = try Dataset.load(from: DatasetLocator.locate(dataset: "fashion-mnist"))
