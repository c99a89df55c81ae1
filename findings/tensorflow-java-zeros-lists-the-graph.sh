#!/usr/bin/env bash
# One would guess that `tf.zeros(shape, type)` adds a constant to the graph in a time that does not depend on the graph, as `tf.fill` does.
# In TensorFlow-Java 1.1.0 `zeros`, `ones`, `booleanMask` and whatever else opens a sub-scope (`Ops.withSubScope`) reads the names of all operations
# of the graph, one native call each: the time of one call is proportional to the graph, that of building a graph with many of them quadratic.
# Met by everybody who makes a slot, a counter or a mask per variable in a large model: zeros alone were a sixth of the time
# of a short run of a detector.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.tensorflow</groupId><artifactId>tensorflow-core-api</artifactId><version>1.1.0</version></dependency>
    <dependency>
      <groupId>org.tensorflow</groupId><artifactId>tensorflow-core-native</artifactId><version>1.1.0</version><classifier>linux-x86_64</classifier>
    </dependency>
  </dependencies>
</project>
POM
cat > Zeros.java <<'JAVA'
import java.util.List;
import java.util.function.Consumer;
import org.tensorflow.Graph;
import org.tensorflow.TensorFlow;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

public class Zeros {
  /** Shortest time of one call in a graph of some size, in microseconds. */
  static double time(int operations, Consumer<Ops> call) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      for (int i = 0; i < operations; i++) {
        tf.constant(1f);
      }
      double shortest = Double.MAX_VALUE;
      for (int i = 0; i < 60; i++) {
        long start = System.nanoTime();
        call.accept(tf);
        shortest = Math.min(shortest, (System.nanoTime() - start) / 1e3);
      }
      return shortest;
    }
  }

  static void report(String what, Consumer<Ops> call) {
    time(2000, call);
    double few = time(2000, call);
    double many = time(40000, call);
    System.err.printf("%s: %.0f us in 2,000 operations, %.0f us in 40,000%n", what, few, many);
    System.out.println(what + (many > 8 * few ? " grows with the graph" : " does not grow with the graph"));
  }

  public static void main(String[] arguments) {
    System.out.println("TensorFlow " + TensorFlow.version());
    report("fill", tf -> tf.fill(tf.array(3), tf.constant(0f)));
    report("zeros", tf -> tf.zeros(tf.array(3), TFloat32.class));
    report("ones", tf -> tf.ones(tf.array(3), TFloat32.class));
    report("booleanMask", tf -> tf.booleanMask(tf.constant(new float[] {1, 2}), tf.array(true, false)));
  }
}
JAVA
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath -Dmdep.outputFile=classpath
javac -nowarn -cp "$(cat classpath)" Zeros.java
TF_CPP_MIN_LOG_LEVEL=3 java -cp ".:$(cat classpath)" Zeros 2> log > out || { cat log; exit 1; }
cat log out
# Seen on two busy cores: fill 119 us and 58 us; zeros 3,496 us and 66,556 us, ones and booleanMask alike.
diff out - <<'SEEN'
TensorFlow 2.18.0
fill does not grow with the graph
zeros grows with the graph
ones grows with the graph
booleanMask grows with the graph
SEEN
