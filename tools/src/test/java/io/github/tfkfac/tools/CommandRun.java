package io.github.tfkfac.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tfkfac.tools.cli.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;

/** What the program did with a command line. */
public record CommandRun(int exitCode, String out, String err) {
  /** Runs the whole program but for the process around it. */
  public static CommandRun of(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Console console = new Console(new PrintWriter(out), new PrintWriter(err), false);
    int exitCode = new CommandRunner(console, Main.commands(console)).run(arguments);
    return new CommandRun(exitCode, out.toString(), err.toString());
  }

  /** What it wrote, as JSON. */
  public JsonNode json() throws IOException {
    return new ObjectMapper().readTree(out);
  }
}
