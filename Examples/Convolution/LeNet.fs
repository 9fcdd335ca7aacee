/// LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998, https://doi.org/10.1109/5.726791), with ReLU, max pooling and a full second convolution.
module Functional.Examples.LeNet

open Functional
open Functional.FSharp
open Functional.FSharp.Layers

let lenet =
    conv2dWith { Convolution.standard with Padding = Padding.Same } 1 6 [ 5 ]
    --> relu
    --> maxpool2d 2
    --> conv2d 6 16 5
    --> relu
    --> maxpool2d 2
    --> flatten
    --> dense 400 120
    --> relu
    --> dense 120 84
    --> relu
    --> dense 84 10

/// 61,706 parameters; about 98.8 % of MNIST's test digits.
let entry =
    Classifier.entry
        {
            Name = "lenet"
            Description = "LeNet-5, a convolutional network, reads handwritten digits"
            Network = lenet
            Optimizers = [ "adam", (fun steps -> Optimizer.adam (Schedule.cosine 1e-3 0.0 steps)) ]
            Epochs = 4
            Unit = "kernel"
            Twin = fun _ -> CSharp.LeNet.Train
        }
