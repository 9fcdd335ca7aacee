namespace Functional.CSharp;

/// <summary>How a layer is run.</summary>
public static class Modes
{
    extension(Mode)
    {
        /// <summary>
        /// In training, with a key for what is random. In evaluation there is none: <see cref="Mode.Eval"/>.
        /// </summary>
        public static Mode Training(Key key) => Mode.NewTrain(key);
    }

    /// <summary>The mode of the i-th part: in training with the i-th child of the key.</summary>
    public static Mode Child(this Mode mode, int i) => FSharp.Mode.child(i, Bridge.Given(mode));
}
