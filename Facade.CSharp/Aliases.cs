// A dictionary by path ("3/weight") is what C# sees of a tree; branches without leaves are not in it.
global using Estimation = (
    Functional.Tensor Loss,
    System.Collections.Generic.IReadOnlyDictionary<string, Functional.Tensor> Gradients,
    System.Collections.Generic.IReadOnlyDictionary<string, Functional.Tensor> State);
global using Initial = (
    System.Collections.Generic.IReadOnlyDictionary<string, Functional.Param> Parameters,
    System.Collections.Generic.IReadOnlyDictionary<string, Functional.Tensor> State);
global using Parameters = System.Collections.Generic.IReadOnlyDictionary<string, Functional.Param>;
// The core's functions of tensors by subject: F# sees one module Tensor, C# the files it is written in.
global using TensorElementwise = Functional.FSharp.TensorElementwise.Tensor;
global using TensorIndexing = Functional.FSharp.TensorIndexing.Tensor;
global using TensorJoining = Functional.FSharp.TensorJoining.Tensor;
global using TensorMaking = Functional.FSharp.TensorMaking.Tensor;
global using TensorNested = Functional.FSharp.TensorNested.Tensor;
global using TensorNumbers = Functional.FSharp.TensorNumbers.Tensor;
global using TensorPadding = Functional.FSharp.TensorPadding.Tensor;
global using TensorPrinting = Functional.FSharp.TensorPrinting.Tensor;
global using TensorProducts = Functional.FSharp.TensorProducts.Tensor;
global using TensorReading = Functional.FSharp.TensorReading.Tensor;
global using TensorRearranging = Functional.FSharp.TensorRearranging.Tensor;
global using TensorReductions = Functional.FSharp.TensorReductions.Tensor;
global using TensorShapes = Functional.FSharp.TensorShapes.Tensor;
global using Values = System.Collections.Generic.IReadOnlyDictionary<string, Functional.Tensor>;
