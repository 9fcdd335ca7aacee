namespace Functional.FSharp

open System
open System.Collections.Generic
open System.Runtime.ExceptionServices
open TorchSharp

type private T = torch.Tensor

/// A node of libtorch's graph whose value is known and whose derivative is managed code: from the saved inputs, the saved
/// value and the cotangent to the cotangents of the inputs.
[<Sealed>]
type internal CustomFunction() =
    inherit torch.autograd.SingleTensorFunction<CustomFunction>()

    // An exception that crossed native frames would end the process, so it waits here for the end of the pass.
    [<ThreadStatic; DefaultValue>]
    static val mutable private failure: ExceptionDispatchInfo | null

    // What failed derivatives gave during this pass: libtorch takes the tensors over only after the call has returned. What
    // others gave belongs to the scope that runs.
    [<ThreadStatic; DefaultValue>]
    static val mutable private given: List<T> | null

    override _.Name = "custom"

    override _.forward(context, arguments) =
        let struct (value: T, derivative: T[] -> T -> T[]) = unbox arguments[arguments.Length - 1]
        context.save_data ("derivative", derivative)
        let saved = List<T>()

        for i in 0 .. arguments.Length - 2 do
            saved.Add(arguments[i] :?> T)

        saved.Add value
        context.save_for_backward saved
        value

    override _.backward(context, cotangent) =
        let cotangents =
            try
                let derivative: T[] -> T -> T[] = unbox (context.get_data "derivative")
                derivative (context.get_saved_variables().ToArray()) cotangent
            with error ->
                CustomFunction.failure <- ExceptionDispatchInfo.Capture error
                CustomFunction.Zeros context

        // The last argument, which holds value and derivative, has no cotangent.
        let all = List<T>(cotangents)
        all.Add(Unchecked.defaultof<T>)
        all

    // Zeros for all inputs, so that the pass comes to its end.
    static member private Zeros(context: torch.autograd.AutogradContext) : T[] =
        let saved = context.get_saved_variables().ToArray()
        let zeros = saved[.. saved.Length - 2] |> Array.map _.zeros_like()

        for tensor in saved do
            tensor.Dispose()

        let mine =
            match CustomFunction.given with
            | null -> List<T>()
            | given -> given

        mine.AddRange zeros
        CustomFunction.given <- mine
        zeros

    /// A tensor with this value, whose derivative by the inputs is the function's.
    static member Node (inputs: T[]) (value: T) (derivative: T[] -> T -> T[]) : T =
        let arguments = Array.append (Array.map box inputs) [| box (struct (value, derivative)) |]

        let result = CustomFunction.apply arguments
        GC.KeepAlive arguments
        GC.KeepAlive inputs
        result

    /// Runs a pass through the graph and raises what managed derivatives raised in it.
    static member Within(pass: unit -> 'r) : 'r =
        let outer = CustomFunction.given
        CustomFunction.given <- null

        try
            let result = pass ()

            match CustomFunction.failure with
            | null -> result
            | failure ->
                failure.Throw()
                result
        finally
            match CustomFunction.given with
            | null -> ()
            | given ->
                for zeros in given do
                    zeros.Dispose()

            CustomFunction.given <- outer
            CustomFunction.failure <- null
