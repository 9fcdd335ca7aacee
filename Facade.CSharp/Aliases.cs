// A dictionary by path ("3/weight") is what C# sees of a tree; branches without leaves are not in it.
global using Estimation = (
    Functional.Tensor Loss,
    System.Collections.Generic.IReadOnlyDictionary<string, Functional.Tensor> Gradients,
    System.Collections.Generic.IReadOnlyDictionary<string, Functional.Tensor> State);
global using Initial = (
    System.Collections.Generic.IReadOnlyDictionary<string, Functional.Param> Parameters,
    System.Collections.Generic.IReadOnlyDictionary<string, Functional.Tensor> State);
global using Parameters = System.Collections.Generic.IReadOnlyDictionary<string, Functional.Param>;
global using Values = System.Collections.Generic.IReadOnlyDictionary<string, Functional.Tensor>;
