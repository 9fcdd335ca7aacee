namespace Functional.FSharp

open Functional

/// Functions that bring their own derivative.
[<AutoOpen>]
module DifferentiationCustom =

    // The cotangents of the inputs, from what libtorch saved of them. Constants, unless they will be differentiated again.
    let private pull (structure: Structure<'x, 'd>) (vjp: 'x -> Tensor -> Tensor -> 'd) x saved cotangent =
        let again = Autograd.isRecording ()
        // Also what is not used as it is belongs to the scope, which frees it.
        let settle (tensor: Tensor) = if again then tensor else Tensor.stopGradient tensor

        let pulled () =
            let saved = saved |> Array.map (Tensor.Of >> settle)
            let cotangent = settle (Tensor.Of cotangent)
            let inputs, value = saved[.. saved.Length - 2], saved[saved.Length - 1]
            let made = vjp (structure.Refill inputs x) value cotangent

            let refuseNull () : 'a = invalidArg "vjp" "custom: vjp must give a cotangent for each input, but gave null"

            // A delegate may give null, or a structure with null inside.
            let cotangents =
                try
                    structure.Scatter made
                with :? System.ArgumentNullException ->
                    refuseNull ()

            if cotangents.Length <> inputs.Length then
                invalidArg
                    "vjp"
                    $"custom: vjp must give {inputs.Length} cotangents, one for each input, but gave {cotangents.Length}"

            (inputs, cotangents)
            ||> Array.map2 (fun input cotangent ->
                if isNull (box cotangent) then
                    refuseNull ()

                Engine.requireLike "custom: what vjp gives" input cotangent
                settle (Tensor.cast input.Dtype cotangent))

        Autograd.recording (fun () -> Scope.run Array.toSeq pulled) |> Array.map _.Raw

    /// Functions that bring their own derivative.
    [<RequireQualifiedAccess>]
    module Differentiation =

        /// f(x), whose derivative is `vjp x f(x) c`: (∂f/∂x)ᵀ·c for a cotangent c of the shape of f(x). Differentiated again, vjp
        /// is differentiated. All that f's value depends on must be in x.
        let customOf
            (structure: Structure<'x, 'd>)
            (f: 'x -> Tensor)
            (vjp: 'x -> Tensor -> Tensor -> 'd)
            (x: 'x)
            : Tensor =
            let leaves = structure.Leaves x

            let value () =
                let constants = leaves |> Array.map Tensor.stopGradient
                let y = f (structure.Refill constants x)

                if isNull (box y) then
                    invalidArg "f" "custom: f must give a tensor, but gave null"

                if Native.requiresGrad y.Raw then
                    invalidArg
                        "f"
                        "custom: f depends on a variable of a surrounding derivative that is not in x, whose derivative would be lost"

                y

            let y = Scope.tensor value

            if leaves |> Array.exists (fun leaf -> Native.requiresGrad leaf.Raw) then
                let derivative saved cotangent = pull structure vjp x saved cotangent
                // Under a name of its own: f may give a tensor of the user's, which must not become part of a graph.
                use value = Ops.detach y.Raw
                Tensor.Of(CustomFunction.Node (leaves |> Array.map _.Raw) value derivative)
            else
                y

        /// f(x), whose derivative is `vjp x f(x) c`: (∂f/∂x)ᵀ·c for a cotangent c of the shape of f(x), as one writes a
        /// straight-through estimator or a rule that is more exact than the chain rule through f.
        let custom (f: Tensor -> Tensor) (vjp: Tensor -> Tensor -> Tensor -> Tensor) (x: Tensor) : Tensor =
            customOf Structure.tensor f vjp x

        /// f(x), remembering x alone: for the derivative f is computed again (gradient checkpointing, Chen et al. 2016,
        /// https://arxiv.org/abs/1604.06174). All that f's value depends on must be in x.
        let checkpointOf (structure: Structure<'x, 'd>) (f: 'x -> Tensor) (x: 'x) : Tensor =
            customOf structure f (fun x _ c -> Differentiation.jacobianTvOf structure f x c) x

        /// f(x), remembering x alone: for the derivative f is computed again.
        let checkpoint (f: Tensor -> Tensor) (x: Tensor) : Tensor = checkpointOf Structure.tensor f x
