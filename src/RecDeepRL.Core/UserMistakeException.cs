namespace RecDeepRL.Core;

/// <summary>Something the user can put right: the message is one line that says what was wrong, what was received, what is
/// allowed and what to do. The program prints it without a stack trace and ends with exit code 2.</summary>
public sealed class UserMistakeException : Exception
{
    public UserMistakeException(string message) : base(message) { }

    public UserMistakeException(string message, Exception cause) : base(message, cause) { }

    public UserMistakeException() { }
}
