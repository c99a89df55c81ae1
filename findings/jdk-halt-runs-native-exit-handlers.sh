#!/usr/bin/env bash
# One would guess that Runtime.halt ends a process as _exit does: at once, with nothing of it running any more; its documentation says "forcibly terminates".
# In OpenJDK 17 it leaves out Java's shutdown hooks, but calls exit(3): handlers of atexit and destructors of C++ libraries run, beside all native threads.
# Seen here with a handler that C's library registers through JNA 5.17.0 (__cxa_atexit with puts): its line is printed after halt(3), and is not after
# kill -TERM to a process that has set the signal's default action back. `kill` is the way out that the JDK leaves, since sun.misc.Signal.raise rejects a signal without a handler.
# Met by everybody who halts a JVM to be safe while native code computes, such as TensorFlow's thread pools in a signal handler: those threads can
# meet freed statics and leave an error file in place of the exit code.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>net.java.dev.jna</groupId><artifactId>jna</artifactId><version>5.17.0</version></dependency>
  </dependencies>
</project>
POM
cat > Halt.java <<'JAVA'
import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;

public class Halt {
  public static void main(String[] arguments) throws Exception {
    Memory line = new Memory(64);
    line.setString(0, "an exit handler ran");
    Function puts = NativeLibrary.getInstance("c").getFunction("puts");
    NativeLibrary.getInstance("c").getFunction("__cxa_atexit").invokeInt(new Object[] {puts, line, null});
    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("a shutdown hook ran")));
    if (arguments[0].equals("halt")) {
      Runtime.getRuntime().halt(3);
    }
    if (arguments[0].equals("exit")) {
      System.exit(3);
    }
    sun.misc.Signal term = new sun.misc.Signal("TERM");
    sun.misc.Signal.handle(term, sun.misc.SignalHandler.SIG_DFL);
    try {
      sun.misc.Signal.raise(term);
    } catch (IllegalArgumentException rejected) {
      System.out.println(rejected.getMessage());
    }
    new ProcessBuilder("kill", "-TERM", Long.toString(ProcessHandle.current().pid())).start().waitFor();
    Thread.sleep(60_000);
  }
}
JAVA
mvn -B -q dependency:build-classpath -Dmdep.outputFile=classpath > /dev/null
javac -nowarn -cp "$(cat classpath)" Halt.java 2> /dev/null
java -version 2>&1 | head -n 1
run() {
  local code=0
  java -cp "$(cat classpath):." Halt "$1" > "$1.out" || code=$?
  echo "$1: exit code $code; $(paste -sd ';' "$1.out")"
}
run exit
run halt
run kill 2> /dev/null
[ "$(sort exit.out | paste -sd ';')" = "a shutdown hook ran;an exit handler ran" ]
[ "$(cat halt.out)" = "an exit handler ran" ]
[ "$(cat kill.out)" = "Unhandled signal: SIGTERM" ]
echo "as stated: halt runs native exit handlers, a signal's default action runs nothing"
