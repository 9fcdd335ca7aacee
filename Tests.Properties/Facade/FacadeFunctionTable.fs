/// Functions of tensors, as C# calls them, beside F#'s with the same arguments.
module FacadeFunctionTable

open Functional
open Functional.FSharp

type private X = CSharp.TensorExtensions

let private key = Key.ofSeed 4
let private x = lazy Random.normal [ 2; 3 ] key
let private y = lazy Random.normal [ 2; 3 ] (Key.child 1 key)
let private mask = lazy Tensor.gt x.Value y.Value
let private labels = lazy Tensor.ofInts [ 2; 0; 1 ]
let private ends = lazy Tensor.ofSeq [ -1.0; 0.0; 1.0 ]

let private first (struct (values, _): struct (Tensor * Tensor)) : Tensor = values
let private second (struct (_, places): struct (Tensor * Tensor)) : Tensor = places

let private on (operand: unit -> Tensor) (name: string) (csharp: Tensor -> Tensor) (fsharp: Tensor -> Tensor) =
    name, (fun () -> csharp (operand ())), (fun () -> fsharp (operand ()))

let private signed = on (fun () -> x.Value)
let private unary = on (fun () -> Tensor.abs x.Value + 0.5)
let private inside = on (fun () -> Tensor.tanh x.Value)
let private sparse = on (fun () -> Tensor.relu x.Value)

let private pair (a: unit -> Tensor) (b: unit -> Tensor) (name: string) (csharp: Tensor * Tensor -> Tensor) fsharp =
    name, (fun () -> csharp (a (), b ())), (fun () -> fsharp (a ()) (b ()): Tensor)

let private binary = pair (fun () -> x.Value) (fun () -> y.Value)
let private binaryPositive = pair (fun () -> Tensor.abs x.Value) (fun () -> Tensor.abs y.Value)

// Less, equal and greater, and 0, so that no two comparisons agree.
let private comparison =
    pair (fun () -> Tensor.ofInts [ 1; 2; 3; 0; 0 ]) (fun () -> Tensor.ofInts [ 2; 2; 2; 0; 1 ])

/// The name in C#, C#'s result and F#'s.
let table: (string * (unit -> Tensor) * (unit -> Tensor)) list =
    [
        unary "Exp" X.Exp Tensor.exp
        unary "Exp2" X.Exp2 Tensor.exp2
        unary "Expm1" X.Expm1 Tensor.expm1
        unary "Log" X.Log Tensor.log
        unary "Log2" X.Log2 Tensor.log2
        unary "Log10" X.Log10 Tensor.log10
        unary "Log1p" X.Log1p Tensor.log1p
        unary "Sqrt" X.Sqrt Tensor.sqrt
        unary "Rsqrt" X.Rsqrt Tensor.rsqrt
        unary "Reciprocal" X.Reciprocal Tensor.reciprocal
        unary "Lgamma" X.Lgamma Tensor.lgamma
        unary "Digamma" X.Digamma Tensor.digamma
        signed "Abs" X.Abs Tensor.abs
        signed "Sign" X.Sign Tensor.sign
        signed "Square" X.Square Tensor.square
        signed "Floor" X.Floor Tensor.floor
        signed "Ceil" X.Ceil Tensor.ceil
        signed "Round" X.Round Tensor.round
        signed "Trunc" X.Trunc Tensor.trunc
        signed "Frac" X.Frac Tensor.frac
        signed "NanToNum" X.NanToNum Tensor.nanToNum
        signed "Sin" X.Sin Tensor.sin
        signed "Cos" X.Cos Tensor.cos
        signed "Tan" X.Tan Tensor.tan
        signed "Sinh" X.Sinh Tensor.sinh
        signed "Cosh" X.Cosh Tensor.cosh
        signed "Tanh" X.Tanh Tensor.tanh
        signed "Asinh" X.Asinh Tensor.asinh
        signed "Atan" X.Atan Tensor.atan
        signed "Sigmoid" X.Sigmoid Tensor.sigmoid
        signed "LogSigmoid" X.LogSigmoid Tensor.logsigmoid
        signed "Relu" X.Relu Tensor.relu
        signed "Silu" X.Silu Tensor.silu
        signed "Softplus" X.Softplus Tensor.softplus
        signed "Gelu" X.Gelu Tensor.gelu
        signed "Erf" X.Erf Tensor.erf
        signed "Erfc" X.Erfc Tensor.erfc
        signed "IsNaN" X.IsNaN Tensor.isnan
        signed "IsInf" X.IsInf Tensor.isinf
        signed "IsFinite" X.IsFinite Tensor.isfinite
        signed "LogicalNot" X.LogicalNot Tensor.logicalNot
        inside "Asin" X.Asin Tensor.asin
        inside "Acos" X.Acos Tensor.acos
        inside "Atanh" X.Atanh Tensor.atanh
        inside "Erfinv" X.Erfinv Tensor.erfinv
        unary "Acosh" (fun x -> X.Acosh(x + 1.0)) (fun x -> Tensor.acosh (x + 1.0))
        binaryPositive "Power" X.Power Tensor.power
        binary "Remainder" X.Remainder Tensor.remainder
        binary "FloorDivide" X.FloorDivide Tensor.floorDivide
        binary "Maximum" X.Maximum Tensor.maximum
        binary "Minimum" X.Minimum Tensor.minimum
        binary "Atan2" X.Atan2 Tensor.atan2
        binary "Hypot" X.Hypot Tensor.hypot
        binaryPositive "Xlogy" X.Xlogy Tensor.xlogy
        comparison "Eq" (fun (a, b) -> X.Eq(a, b)) Tensor.eq
        comparison "Ne" (fun (a, b) -> X.Ne(a, b)) Tensor.ne
        comparison "Lt" (fun (a, b) -> X.Lt(a, b)) Tensor.lt
        comparison "Le" (fun (a, b) -> X.Le(a, b)) Tensor.le
        comparison "Gt" (fun (a, b) -> X.Gt(a, b)) Tensor.gt
        comparison "Ge" (fun (a, b) -> X.Ge(a, b)) Tensor.ge
        comparison "LogicalAnd" (fun (a, b) -> X.LogicalAnd(a, b)) Tensor.logicalAnd
        comparison "LogicalOr" (fun (a, b) -> X.LogicalOr(a, b)) Tensor.logicalOr
        comparison "LogicalXor" (fun (a, b) -> X.LogicalXor(a, b)) Tensor.logicalXor
        comparison "Eq" (fun (a, _) -> X.Eq(a, 2.0)) (fun a _ -> Tensor.eqNumber 2.0 a)
        comparison "Ne" (fun (a, _) -> X.Ne(a, 2.0)) (fun a _ -> Tensor.neNumber 2.0 a)
        comparison "Lt" (fun (a, _) -> X.Lt(a, 2.0)) (fun a _ -> Tensor.ltNumber 2.0 a)
        comparison "Le" (fun (a, _) -> X.Le(a, 2.0)) (fun a _ -> Tensor.leNumber 2.0 a)
        comparison "Gt" (fun (a, _) -> X.Gt(a, 2.0)) (fun a _ -> Tensor.gtNumber 2.0 a)
        comparison "Ge" (fun (a, _) -> X.Ge(a, 2.0)) (fun a _ -> Tensor.geNumber 2.0 a)
        unary "Pow" (fun x -> X.Pow(x, 1.5)) (Tensor.pow 1.5)
        signed "PowOf" (fun x -> CSharp.Tensors.PowOf(2.5, x)) (Tensor.powOf 2.5)
        signed "Clamp" (fun x -> X.Clamp(x, -0.3, 0.4)) (Tensor.clamp -0.3 0.4)
        signed "ClampMin" (fun x -> X.ClampMin(x, -0.3)) (Tensor.clampMin -0.3)
        signed "ClampMax" (fun x -> X.ClampMax(x, 0.4)) (Tensor.clampMax 0.4)
        binary "Lerp" (fun (a, b) -> X.Lerp(a, b, 0.3)) (Tensor.lerp 0.3)
        signed "LeakyRelu" (fun x -> X.LeakyRelu(x, 0.1)) (Tensor.leakyRelu 0.1)
        signed "Elu" X.Elu (Tensor.elu 1.0)
        signed "Elu" (fun x -> X.Elu(x, 0.5)) (Tensor.elu 0.5)
        binary "Where" (fun (a, b) -> X.Where(mask.Value, a, b)) (Tensor.where mask.Value)
        "OneHot", (fun () -> X.OneHot(labels.Value, 4)), (fun () -> Tensor.onehot 4 labels.Value)
        signed "Sum" (fun x -> X.Sum x) Tensor.sum
        signed "Sum" (fun x -> X.Sum(x, 0)) (Tensor.sumOver 0)
        signed "Sum" (fun x -> X.Sum(x, -1, keepAxis = true)) (Tensor.sumKeeping -1)
        signed "Mean" (fun x -> X.Mean x) Tensor.mean
        signed "Mean" (fun x -> X.Mean(x, 0)) (Tensor.meanOver 0)
        signed "Mean" (fun x -> X.Mean(x, -1, keepAxis = true)) (Tensor.meanKeeping -1)
        signed "Prod" (fun x -> X.Prod x) Tensor.prod
        signed "Prod" (fun x -> X.Prod(x, 0)) (Tensor.prodOver 0)
        signed "Prod" (fun x -> X.Prod(x, -1, keepAxis = true)) (Tensor.prodKeeping -1)
        signed "LogSumExp" (fun x -> X.LogSumExp x) Tensor.logsumexp
        signed "LogSumExp" (fun x -> X.LogSumExp(x, 0)) (Tensor.logsumexpOver 0)
        signed "LogSumExp" (fun x -> X.LogSumExp(x, -1, keepAxis = true)) (Tensor.logsumexpKeeping -1)
        sparse "Any" (fun x -> X.Any x) Tensor.any
        sparse "Any" (fun x -> X.Any(x, 0)) (Tensor.anyOver 0)
        sparse "Any" (fun x -> X.Any(x, -1, keepAxis = true)) (Tensor.anyKeeping -1)
        sparse "All" (fun x -> X.All x) Tensor.all
        sparse "All" (fun x -> X.All(x, 0)) (Tensor.allOver 0)
        sparse "All" (fun x -> X.All(x, -1, keepAxis = true)) (Tensor.allKeeping -1)
        sparse "CountNonzero" (fun x -> X.CountNonzero x) Tensor.countNonzero
        sparse "CountNonzero" (fun x -> X.CountNonzero(x, 0)) (Tensor.countNonzeroOver 0)
        sparse "CountNonzero" (fun x -> X.CountNonzero(x, -1, keepAxis = true)) (Tensor.countNonzeroKeeping -1)
        signed "Max" (fun x -> X.Max x) Tensor.max
        signed "Max" (fun x -> X.Max(x, 0)) (Tensor.maxOver 0)
        signed "Max" (fun x -> X.Max(x, -1, keepAxis = true)) (Tensor.maxKeeping -1)
        signed "Min" (fun x -> X.Min x) Tensor.min
        signed "Min" (fun x -> X.Min(x, 0)) (Tensor.minOver 0)
        signed "Min" (fun x -> X.Min(x, -1, keepAxis = true)) (Tensor.minKeeping -1)
        signed "Argmax" (fun x -> X.Argmax x) Tensor.argmax
        signed "Argmax" (fun x -> X.Argmax(x, 0)) (Tensor.argmaxOver 0)
        signed "Argmax" (fun x -> X.Argmax(x, -1, keepAxis = true)) (Tensor.argmaxKeeping -1)
        signed "Argmin" (fun x -> X.Argmin x) Tensor.argmin
        signed "Argmin" (fun x -> X.Argmin(x, 0)) (Tensor.argminOver 0)
        signed "Argmin" (fun x -> X.Argmin(x, -1, keepAxis = true)) (Tensor.argminKeeping -1)
        signed "Median" (fun x -> X.Median x) Tensor.median
        signed "Median" (fun x -> X.Median(x, 0)) (Tensor.medianOver 0)
        signed "Median" (fun x -> X.Median(x, -1, keepAxis = true)) (Tensor.medianKeeping -1)
        signed "Sum" (fun x -> X.Sum(x, [| 0; 1 |])) (Tensor.sumOverAxes [ 0; 1 ])
        signed "Sum" (fun x -> X.Sum(x, [| 0; 1 |], keepAxes = true)) (Tensor.sumKeepingAxes [ 0; 1 ])
        signed "Mean" (fun x -> X.Mean(x, [| 0; 1 |])) (Tensor.meanOverAxes [ 0; 1 ])
        signed "Mean" (fun x -> X.Mean(x, [| 0; 1 |], keepAxes = true)) (Tensor.meanKeepingAxes [ 0; 1 ])
        signed "Var" (fun x -> X.Var x) Tensor.var
        signed "Var" (fun x -> X.Var(x, unbiased = false)) (Tensor.varWith false false [ 0; 1 ])
        signed "Var" (fun x -> X.Var(x, 0)) (Tensor.varOver 0)
        signed "Var" (fun x -> X.Var(x, 1, keepAxis = true)) (Tensor.varKeeping 1)
        signed "Var" (fun x -> X.Var(x, 1, unbiased = false)) (Tensor.varWith false false [ 1 ])
        signed
            "Var"
            (fun x -> X.Var(x, [| 0; 1 |], unbiased = false, keepAxes = true))
            (Tensor.varWith false true [ 0; 1 ])
        signed "Std" (fun x -> X.Std x) Tensor.std
        signed "Std" (fun x -> X.Std(x, unbiased = false)) (Tensor.stdWith false false [ 0; 1 ])
        signed "Std" (fun x -> X.Std(x, 0)) (Tensor.stdOver 0)
        signed "Std" (fun x -> X.Std(x, 1, keepAxis = true)) (Tensor.stdKeeping 1)
        signed "Std" (fun x -> X.Std(x, 1, unbiased = false)) (Tensor.stdWith false false [ 1 ])
        signed
            "Std"
            (fun x -> X.Std(x, [| 0; 1 |], unbiased = false, keepAxes = true))
            (Tensor.stdWith false true [ 0; 1 ])
        signed "Cov" (fun x -> X.Cov x) Tensor.cov
        signed "Cov" (fun x -> X.Cov(x, unbiased = false)) (Tensor.covWith false)
        signed "CorrCoef" X.CorrCoef Tensor.corrcoef
        signed "Normalize" X.Normalize Tensor.normalize
        signed "Standardize" X.Standardize Tensor.standardize
        signed "Norm" (fun x -> X.Norm(x, -1.0)) (Tensor.norm -1.0)
        signed "Norm" (fun x -> X.Norm x) (Tensor.norm 2.0)
        signed "Norm" (fun x -> X.Norm(x, 3.0)) (Tensor.norm 3.0)
        signed "Norm" (fun x -> X.Norm(x, 1.0, 0)) (Tensor.normOver 1.0 0)
        signed "Norm" (fun x -> X.Norm(x, 3.0, 1, keepAxis = true)) (Tensor.normKeeping 3.0 1)
        signed "Quantile" (fun x -> X.Quantile(x, 0.3)) (Tensor.quantile 0.3)
        signed "Quantile" (fun x -> X.Quantile(x, 0.3, 1)) (Tensor.quantileOver 0.3 1)
        signed "Quantile" (fun x -> X.Quantile(x, 0.3, 1, keepAxis = true)) (Tensor.quantileKeeping 0.3 1)
        signed "Softmax" (fun x -> X.Softmax(x, 0)) (Tensor.softmax 0)
        signed "LogSoftmax" (fun x -> X.LogSoftmax(x, 1)) (Tensor.logsoftmax 1)
        signed "CumSum" (fun x -> X.CumSum(x, 1)) (Tensor.cumsum 1)
        signed "CumProd" (fun x -> X.CumProd(x, 0)) (Tensor.cumprod 0)
        signed "Argsort" (fun x -> X.Argsort(x, 0, descending = true)) (Tensor.argsort 0 true)
        signed "Argsort" (fun x -> X.Argsort x) (Tensor.argsort -1 false)
        signed "MaxWithIndex" (fun x -> first (X.MaxWithIndex(x, 1))) (fun x -> fst (Tensor.maxWithIndex 1 x))
        signed "MaxWithIndex" (fun x -> second (X.MaxWithIndex(x, 1))) (fun x -> snd (Tensor.maxWithIndex 1 x))
        signed "MinWithIndex" (fun x -> first (X.MinWithIndex(x, 1))) (fun x -> fst (Tensor.minWithIndex 1 x))
        signed "MinWithIndex" (fun x -> second (X.MinWithIndex(x, 1))) (fun x -> snd (Tensor.minWithIndex 1 x))
        signed "MaxWithIndex" (fun x -> first (X.MaxWithIndex(x, 1, keepAxis = true))) (Tensor.maxKeeping 1)
        signed "MinWithIndex" (fun x -> second (X.MinWithIndex(x, 1, keepAxis = true))) (Tensor.argminKeeping 1)
        signed "Sort" (fun x -> first (X.Sort(x, 0, descending = true))) (fun x -> fst (Tensor.sort 0 true x))
        signed "Sort" (fun x -> second (X.Sort(x, 0, descending = true))) (fun x -> snd (Tensor.sort 0 true x))
        signed "Sort" (fun x -> first (X.Sort x)) (fun x -> fst (Tensor.sort -1 false x))
        signed "Sort" (fun x -> second (X.Sort x)) (fun x -> snd (Tensor.sort -1 false x))
        signed "TopK" (fun x -> first (X.TopK(x, 2))) (fun x -> fst (Tensor.topk 2 -1 x))
        signed "TopK" (fun x -> second (X.TopK(x, 2))) (fun x -> snd (Tensor.topk 2 -1 x))
        signed "UniqueWithCounts" (fun x -> first (X.UniqueWithCounts x)) (fun x -> fst (Tensor.uniqueWithCounts x))
        signed "UniqueWithCounts" (fun x -> second (X.UniqueWithCounts x)) (fun x -> snd (Tensor.uniqueWithCounts x))
        signed "UniqueWithInverse" (fun x -> first (X.UniqueWithInverse x)) (fun x -> fst (Tensor.uniqueWithInverse x))
        signed "UniqueWithInverse" (fun x -> second (X.UniqueWithInverse x)) (fun x -> snd (Tensor.uniqueWithInverse x))
        signed "Unique" X.Unique Tensor.unique
        signed "SearchSorted" (fun x -> X.SearchSorted(x, ends.Value)) (Tensor.searchsorted false ends.Value)
        signed "SearchSorted" (fun _ -> X.SearchSorted(ends.Value, ends.Value, right = true)) (fun _ ->
            Tensor.searchsorted true ends.Value ends.Value)
        signed "Bincount" (fun _ -> X.Bincount labels.Value) (fun _ -> Tensor.bincount 0 labels.Value)
        signed "Bincount" (fun _ -> X.Bincount(labels.Value, 7)) (fun _ -> Tensor.bincount 7 labels.Value)
        signed "Histogram" (fun x -> X.Histogram(x, 4, -1.0, 1.0)) (Tensor.histogram 4 -1.0 1.0)
    ]
