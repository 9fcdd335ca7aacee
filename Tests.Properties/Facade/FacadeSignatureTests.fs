/// What a C# user meets has C#'s types: nothing of FSharp.Core, and nothing of TorchSharp.
module FacadeSignatureTests

open System
open System.Collections.Generic
open System.IO
open System.Reflection
open Expecto
open Functional

/// A type that is out of place, the type and the member in whose signature it stands.
[<Struct>]
type Finding =
    {
        In: string
        Member: string
        Found: string
    }

    override finding.ToString() = $"{finding.In}.{finding.Member} shows {finding.Found}"

let private runtime = Path.GetDirectoryName typeof<obj>.Assembly.Location

let private isOurs (assembly: Assembly) =
    string (assembly.GetName().Name) = "Functional.Core"
    || string (assembly.GetName().Name) = "Functional.CSharp"

let private everything =
    BindingFlags.Public
    ||| BindingFlags.NonPublic
    ||| BindingFlags.Instance
    ||| BindingFlags.Static
    ||| BindingFlags.DeclaredOnly

// What code outside the assembly can call: public members, and protected ones, which a derived class sees.
let private isVisible (m: MethodBase | null) =
    match m with
    | null -> false
    | m -> m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly

// Operators that C# has no words for: its users call LayerExtensions.Then.
let private operatorsOfFSharp = [ "op_MinusMinusGreater" ]

// The types in the signature of a type itself and of each of its visible members.
let private signature (t: Type) : (string * Type) list =
    [
        match t.BaseType with
        | null -> ()
        | parent -> "(base type)", parent

        for contract in t.GetInterfaces() do
            "(interface)", contract

        for argument in t.GetGenericArguments() do
            "(generic parameter)", argument

        for m in t.GetMembers everything do
            match m with
            | :? MethodInfo as m when isVisible m && not (List.contains m.Name operatorsOfFSharp) ->
                m.Name, m.ReturnType

                for argument in m.GetGenericArguments() do
                    m.Name, argument

                for parameter in m.GetParameters() do
                    m.Name, parameter.ParameterType
            | :? ConstructorInfo as m when isVisible m ->
                for parameter in m.GetParameters() do
                    m.Name, parameter.ParameterType
            | :? PropertyInfo as m when isVisible m.GetMethod || isVisible m.SetMethod -> m.Name, m.PropertyType
            | :? FieldInfo as m when m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly -> m.Name, m.FieldType
            | :? EventInfo as m when isVisible m.AddMethod -> m.Name, nonNull m.EventHandlerType
            | :? Type as m when m.IsNestedPublic || m.IsNestedFamily || m.IsNestedFamORAssem -> m.Name, m
            | _ -> ()
    ]

// The definitions that a type is put together from: of an array, a pointer, a construction, a constraint.
let rec private parts (t: Type) : Type list =
    if t.HasElementType then
        parts (nonNull (t.GetElementType()))
    elif t.IsGenericParameter then
        t.GetGenericParameterConstraints() |> List.ofArray |> List.collect parts
    elif t.IsGenericType && not t.IsGenericTypeDefinition then
        t.GetGenericTypeDefinition() :: (t.GetGenericArguments() |> List.ofArray |> List.collect parts)
    else
        [ t ]

/// What is out of place in the signatures that can be reached from these types, and the types that were walked. The
/// types of the runtime are taken as they are; those of the library and of the assemblies of the roots are walked.
let walk (roots: Type seq) : Finding list * Type list =
    let roots = List.ofSeq roots
    let near = HashSet(roots |> List.map _.Assembly)
    let seen, queue, findings = HashSet<Type> roots, Queue<Type> roots, HashSet<Finding>()

    while queue.Count > 0 do
        let t = queue.Dequeue()

        for name, shown in signature t do
            for part in parts shown do
                if near.Contains part.Assembly || isOurs part.Assembly then
                    if seen.Add part then
                        queue.Enqueue part
                elif Path.GetDirectoryName part.Assembly.Location <> runtime then
                    findings.Add { In = string t.FullName; Member = name; Found = string part } |> ignore

    List.ofSeq findings, List.ofSeq seen

/// What the walk must find, one kind of place each; `Clean` is what it must leave alone.
module Controls =

    type Handler = delegate of int option -> unit

    type Clean() =
        member _.Numbers: IReadOnlyDictionary<string, Func<int[], string>> = Dictionary()
        member internal _.Hidden: int list = []

    type Base() =
        inherit List<int option>()

    type Interface() =
        interface IComparable<int list> with
            member _.CompareTo _ = 0

    type Constraint<'t when 't :> IEnumerable<int option>>() = class end

    type Method() =
        member _.Given(x: int list) = x.Length

    type Result() =
        member _.Given(x: int) : Map<int, int> = Map.ofList [ x, x ]

    type Constructor(x: int voption) =
        member internal _.X = x

    type Property() =
        member val Nested: Func<Dictionary<string, (int option)[]>> = Func<_>(fun () -> Dictionary()) with get, set

    type Field =
        val mutable Function: int -> int
        new() = { Function = id }

    type Event() =
        let event = DelegateEvent<Handler>()

        [<CLIEvent>]
        member _.Happened = event.Publish

    type Far() =
        member _.Next = Method()

let tests =
    testList
        "facade signatures"
        [
            test "no signature that C# can reach shows a type of F# or TorchSharp" {
                let findings, walked = walk (typeof<CSharp.Layers>.Assembly.GetExportedTypes())
                Expect.equal (List.map string findings) [] "findings"

                for t in
                    [
                        typeof<Tensor>
                        typedefof<Layer<_, _>>
                        typeof<Snapshot>
                        typeof<Mode>
                        typeof<Role>
                        typeof<Padding>
                        typeof<Dataset>
                        typeof<Slice>
                    ] do
                    Expect.contains walked t "the walk reaches the core"

                // An F# tree, record of functions or list never reaches C#, so the walk never meets them.
                for t in [ typedefof<Tree<_>>; typeof<Estimate>; typeof<Convolution> ] do
                    Expect.isFalse (List.contains t walked) $"{t} is F#'s own"
            }

            test "nor does one of the laws" {
                let findings, walked = walk [ typeof<CSharp.Laws>; typeof<Shape>; typeof<Pipeline>; typeof<Batching> ]
                Expect.equal (List.map string findings) [] "findings"
                Expect.contains walked typeof<Counterexample> "the walk reaches what a verdict says"
            }

            for t, place, shown in
                [
                    typeof<Controls.Base>, "(base type)", "FSharpOption"
                    typeof<Controls.Interface>, "(interface)", "FSharpList"
                    typedefof<Controls.Constraint<_>>, "(generic parameter)", "FSharpOption"
                    typeof<Controls.Method>, "Given", "FSharpList"
                    typeof<Controls.Result>, "Given", "FSharpMap"
                    typeof<Controls.Constructor>, ".ctor", "FSharpValueOption"
                    typeof<Controls.Property>, "Nested", "FSharpOption"
                    typeof<Controls.Field>, "Function", "FSharpFunc"
                    typeof<Controls.Event>, "Invoke", "FSharpOption"
                    typeof<Controls.Far>, "Given", "FSharpList"
                    typeof<Tree<int>>, "Item", "FSharpList"
                    typeof<Convolution>, "Draw", "FSharpFunc"
                ] do
                test $"the walk finds {shown} in {t.Name}" {
                    let findings = fst (walk [ t ])

                    Expect.exists
                        findings
                        (fun f -> f.Member = place && f.Found.Contains shown)
                        $"{List.map string findings}"
                }

            test "the walk finds what F#'s own modules show, and nothing in a clean type" {
                let tree = nonNull (typeof<Tensor>.Assembly.GetType "Functional.FSharp.Tree")
                let words = fst (walk [ tree ]) |> List.map string

                Expect.exists
                    words
                    (fun word -> word.StartsWith "Functional.FSharp.Tree.map shows" && word.Contains "FSharpFunc")
                    "type, member and what it shows"

                Expect.isEmpty (fst (walk [ typeof<Controls.Clean> ])) "nothing"
            }
        ]
