import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwa.AlgorithmFactoryFactory;
import org.jose4j.jwe.JsonWebEncryption;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.JwtContext;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.keys.X509Util;
import org.jose4j.keys.resolvers.JwksDecryptionKeyResolver;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.lang.JoseException;
import org.jose4j.json.JsonUtil;

/**
 * Adapter for jose4j: PROTOCOL.md on stdin and stdout.
 *
 * <p>Deliberate about jose4j:
 *
 * <ul>
 *   <li>Without {@code allow} no constraints are set and its own stand: no {@code none}, and for
 *       JWE neither RSA1_5 nor PBES2. {@code allow} becomes {@code AlgorithmConstraints} that permit
 *       what is listed, one for {@code alg} and one for {@code enc}.
 *   <li>It has the compact serialization alone, and keys are JWKs.
 *   <li>Key sets go to its resolvers with their default settings, as its examples have them.
 *   <li>{@code nested.open} is one {@code JwtConsumer} that requires encryption and a signature.
 *       Where no audience is expected its demand for one is switched off. It takes one expected
 *       type; of several the adapter compares, and says so ({@code adapter-expect}).
 *   <li>Limits of {@code p2c} and of inflation are constants of the library.
 *   <li>{@code verifySignature} answers false without a reason: that is the kind {@code false}.
 *   <li>A certificate's PEM or DER is read by Java, as X509Util's callers do: it digests what was
 *       read.
 *   <li>The lines of the protocol are read and written by its own {@code JsonUtil}.
 * </ul>
 */
public final class Adapter {
    private static final Set<String> ALG =
        new TreeSet<>(AlgorithmFactoryFactory.getInstance().getJweKeyManagementAlgorithmFactory().getSupportedAlgorithms());
    private static final Set<String> ENC =
        new TreeSet<>(AlgorithmFactoryFactory.getInstance().getJweContentEncryptionAlgorithmFactory().getSupportedAlgorithms());
    private static final Set<String> SIG =
        new TreeSet<>(AlgorithmFactoryFactory.getInstance().getJwsAlgorithmFactory().getSupportedAlgorithms());
    private static final Map<String, JsonWebKey> KEYS = new HashMap<>();

    private Adapter() {}

    /** A rejection that is not an exception of the library. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        final String kind;

        Refused(String kind, String message) {
            super(message);
            this.kind = kind;
        }
    }

    /** What cannot be expressed. */
    private static final class Unsupported extends Exception {
        private static final long serialVersionUID = 1L;
        final String what;

        Unsupported(String what, String value) {
            super(value);
            this.what = what;
        }
    }

    public static void main(String[] arguments) throws Exception {
        SIG.remove("none");
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        System.setOut(System.err); // whatever a library prints goes to stderr
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Map<String, Object> request = JsonUtil.parseJson(line);
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("id", request.get("id"));
            answer.putAll(answer((String) request.get("op"), object(request, "in")));
            out.print(JsonUtil.toJson(answer) + "\n");
            out.flush();
        }
    }

    private static Map<String, Object> answer(String operation, Map<String, Object> in) {
        try {
            return Map.of("accept", operate(operation, in));
        } catch (Unsupported unsupported) {
            return Map.of(
                "unsupported", Map.of("what", unsupported.what, "value", unsupported.getMessage()));
        } catch (Refused refused) {
            return no("reject", refused.kind, refused.getMessage());
        } catch (JoseException | InvalidJwtException | CertificateException error) {
            return no("reject", error.getClass().getSimpleName(), error.getMessage());
        } catch (Exception | StackOverflowError error) {
            return no("error", error.getClass().getName(), error.getMessage());
        }
    }

    private static Map<String, Object> no(String member, String kind, String message) {
        return Map.of(member, Map.of("kind", kind, "msg", String.valueOf(message)));
    }

    private static Map<String, Object> operate(String operation, Map<String, Object> in)
            throws Exception {
        switch (operation) {
            case "hello":
                return hello();
            case "jwe.decrypt":
                return jweDecrypt(in);
            case "jwe.encrypt":
                return jweEncrypt(in);
            case "jws.verify":
                return jwsVerify(in);
            case "jws.sign":
                return jwsSign(in);
            case "nested.open":
                return nestedOpen(in);
            case "nested.seal":
                return nestedSeal(in);
            case "jwk.thumbprint":
                return jwkThumbprint(in);
            case "certificate.thumbprint":
                return certificateThumbprint(object(in, "certificate"));
            default:
                throw new Unsupported("op", operation);
        }
    }

    private static Map<String, Object> hello() {
        Map<String, Object> implementation = new LinkedHashMap<>();
        implementation.put("name", "jose4j");
        implementation.put("version", "0.9.6");
        implementation.put("language", "java");
        implementation.put("runtime", "Java " + System.getProperty("java.version"));
        implementation.put("source", "https://bitbucket.org/b_c/jose4j");
        Map<String, Object> hello = new LinkedHashMap<>();
        hello.put("protocol", 1);
        hello.put("implementation", implementation);
        hello.put("operations", List.of("jwe.decrypt", "jwe.encrypt", "jws.verify", "jws.sign",
            "nested.open", "nested.seal", "jwk.thumbprint", "certificate.thumbprint"));
        hello.put("serializations", List.of("compact"));
        hello.put("alg", new ArrayList<>(ALG));
        hello.put("enc", new ArrayList<>(ENC));
        hello.put("sig", new ArrayList<>(SIG));
        hello.put("keys", List.of("jwk"));
        hello.put("inputs", List.of("text"));
        hello.put("knobs", List.of("allow", "now", "skew"));
        return hello;
    }

    private static Map<String, Object> jweDecrypt(Map<String, Object> in) throws Exception {
        if (in.containsKey("limits")) {
            throw new Unsupported("knob", "limits");
        }
        JsonWebEncryption jwe = new JsonWebEncryption();
        Map<String, Object> allow = object(in, "allow");
        if (allow.containsKey("alg")) {
            jwe.setAlgorithmConstraints(permit(allow, "alg"));
        }
        if (allow.containsKey("enc")) {
            jwe.setContentEncryptionAlgorithmConstraints(permit(allow, "enc"));
        }
        jwe.setCompactSerialization(token(in));
        jwe.setKey(in.containsKey("jwks")
            ? new JwksDecryptionKeyResolver(keySet(in)).resolveKey(jwe, List.of())
            : privateKey(in));
        return Map.of("plaintext", encode(jwe.getPlaintextBytes()), "header", jwe.getHeader());
    }

    private static Map<String, Object> jweEncrypt(Map<String, Object> in) throws Exception {
        return Map.of("token", encrypted(decode(in, "plaintext"), in));
    }

    private static String encrypted(byte[] plaintext, Map<String, Object> in) throws Exception {
        compactOnly(in);
        JsonWebEncryption jwe = new JsonWebEncryption();
        jwe.getHeaders().setFullHeaderAsJsonString((String) in.get("header"));
        supported("alg", ALG, jwe.getAlgorithmHeaderValue());
        supported("enc", ENC, jwe.getEncryptionMethodHeaderParameter());
        // The caller names the algorithm that is wanted: none is refused for being old.
        jwe.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        jwe.setPlaintext(plaintext);
        jwe.setKey(publicKey(in));
        return jwe.getCompactSerialization();
    }

    private static Map<String, Object> jwsVerify(Map<String, Object> in) throws Exception {
        JsonWebSignature jws = new JsonWebSignature();
        Map<String, Object> allow = object(in, "allow");
        if (allow.containsKey("sig")) {
            jws.setAlgorithmConstraints(permit(allow, "sig"));
        }
        jws.setCompactSerialization(token(in));
        if (in.containsKey("payload")) {
            detached(jws, decode(in, "payload"));
        }
        jws.setKey(in.containsKey("jwks")
            ? new JwksVerificationKeyResolver(keySet(in)).resolveKey(jws, List.of())
            : publicKey(in));
        if (!jws.verifySignature()) {
            throw new Refused("false", "verifySignature returned false");
        }
        return Map.of("payload", encode(jws.getPayloadBytes()), "header", jws.getHeader());
    }

    /** The payload that did not come with the token: as it is, or as the signature covers it. */
    private static void detached(JsonWebSignature jws, byte[] payload) {
        if (Boolean.FALSE.equals(jws.getObjectHeader("b64"))) {
            jws.setPayloadBytes(payload);
        } else {
            jws.setEncodedPayload(encode(payload));
        }
    }

    private static Map<String, Object> jwsSign(Map<String, Object> in) throws Exception {
        JsonWebSignature jws = signing(decode(in, "payload"), in);
        boolean isDetached = Boolean.TRUE.equals(in.get("detached"));
        return Map.of("token", isDetached
            ? jws.getDetachedContentCompactSerialization()
            : jws.getCompactSerialization());
    }

    private static JsonWebSignature signing(byte[] payload, Map<String, Object> in)
            throws Exception {
        compactOnly(in);
        JsonWebSignature jws = new JsonWebSignature();
        jws.getHeaders().setFullHeaderAsJsonString((String) in.get("header"));
        supported("sig", SIG, jws.getAlgorithmHeaderValue());
        jws.setPayloadBytes(payload);
        jws.setKey(privateKey(in));
        return jws;
    }

    private static Map<String, Object> nestedOpen(Map<String, Object> in) throws Exception {
        Map<String, Object> decrypt = object(in, "decrypt");
        Map<String, Object> allow = object(in, "allow");
        Map<String, Object> expect = object(in, "expect");
        JwtConsumerBuilder builder = new JwtConsumerBuilder()
            .setEnableRequireEncryption()
            .setVerificationKeyResolver(new JwksVerificationKeyResolver(keySet(object(in, "verify"))));
        if (decrypt.containsKey("jwks")) {
            builder.setDecryptionKeyResolver(new JwksDecryptionKeyResolver(keySet(decrypt)));
        } else {
            builder.setDecryptionKey(privateKey(decrypt));
        }
        if (allow.containsKey("alg")) {
            builder.setJweAlgorithmConstraints(permit(allow, "alg"));
        }
        if (allow.containsKey("enc")) {
            builder.setJweContentEncryptionAlgorithmConstraints(permit(allow, "enc"));
        }
        if (allow.containsKey("sig")) {
            builder.setJwsAlgorithmConstraints(permit(allow, "sig"));
        }
        if (expect.containsKey("iss")) {
            builder.setExpectedIssuer((String) expect.get("iss"));
        }
        if (expect.containsKey("aud")) {
            builder.setExpectedAudience(texts(expect.get("aud")).toArray(String[]::new));
        } else {
            builder.setSkipDefaultAudienceValidation();
        }
        List<String> types = texts(expect.get("typ"));
        if (types.size() == 1) {
            builder.setExpectedType(true, types.get(0));
        }
        if (in.containsKey("now")) {
            builder.setEvaluationTime(NumericDate.fromSeconds(((Number) in.get("now")).longValue()));
        }
        if (in.containsKey("skew")) {
            builder.setAllowedClockSkewInSeconds(((Number) in.get("skew")).intValue());
        }
        JwtContext context = builder.build().process(token(in));
        List<JsonWebStructure> objects = context.getJoseObjects();
        JsonWebStructure inner = objects.get(0);
        if (types.size() > 1 && !types.contains(inner.getHeader("typ"))) {
            throw new Refused("adapter-expect", "the inner typ is " + inner.getHeader("typ"));
        }
        return Map.of("claims", context.getJwtClaims().getRawJson(),
            "outer", objects.get(objects.size() - 1).getHeader(), "inner", inner.getHeader());
    }

    private static Map<String, Object> nestedSeal(Map<String, Object> in) throws Exception {
        byte[] claims = ((String) in.get("claims")).getBytes(StandardCharsets.UTF_8);
        String inner = signing(claims, object(in, "sign")).getCompactSerialization();
        byte[] plaintext = inner.getBytes(StandardCharsets.UTF_8);
        return Map.of("token", encrypted(plaintext, object(in, "encrypt")));
    }

    private static Map<String, Object> jwkThumbprint(Map<String, Object> in) throws Exception {
        String hash = (String) in.getOrDefault("hash", "SHA-256");
        return Map.of("thumbprint", jwk(in).calculateBase64urlEncodedThumbprint(hash));
    }

    private static Map<String, Object> certificateThumbprint(Map<String, Object> certificate)
            throws Exception {
        byte[] octets = certificate.containsKey("pem")
            ? ((String) certificate.get("pem")).getBytes(StandardCharsets.UTF_8)
            : decode(certificate, "der");
        X509Certificate read = (X509Certificate) CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(octets));
        return Map.of("thumbprint", X509Util.x5tS256(read));
    }

    private static AlgorithmConstraints permit(Map<String, Object> allow, String kind) {
        String[] names = texts(allow.get(kind)).toArray(String[]::new);
        return new AlgorithmConstraints(ConstraintType.PERMIT, names);
    }

    private static void supported(String what, Set<String> have, String name) throws Unsupported {
        if (name != null && !have.contains(name)) {
            throw new Unsupported(what, name);
        }
    }

    private static void compactOnly(Map<String, Object> in) throws Unsupported {
        String serialization = (String) in.getOrDefault("serialization", "compact");
        if (!serialization.equals("compact")) {
            throw new Unsupported("serialization", serialization);
        }
    }

    private static Key privateKey(Map<String, Object> in) throws Exception {
        JsonWebKey jwk = jwk(in);
        return jwk instanceof PublicJsonWebKey
            ? ((PublicJsonWebKey) jwk).getPrivateKey()
            : jwk.getKey();
    }

    /** The public half, or the secret. */
    private static Key publicKey(Map<String, Object> in) throws Exception {
        return jwk(in).getKey();
    }

    private static JsonWebKey jwk(Map<String, Object> in) throws Exception {
        Map<String, Object> key = object(in, "key");
        if (!key.containsKey("jwk")) {
            throw new Unsupported("key", String.join(", ", key.keySet()));
        }
        String text = (String) key.get("jwk");
        JsonWebKey jwk = KEYS.get(text);
        if (jwk == null) {
            jwk = JsonWebKey.Factory.newJwk(text);
            KEYS.put(text, jwk);
        }
        return jwk;
    }

    private static List<JsonWebKey> keySet(Map<String, Object> in) throws Exception {
        if (!in.containsKey("jwks")) {
            return List.of(jwk(in));
        }
        return new JsonWebKeySet((String) in.get("jwks")).getJsonWebKeys();
    }

    private static String token(Map<String, Object> in) throws Unsupported {
        if (!in.containsKey("token")) {
            throw new Unsupported("input", "bytes");
        }
        return (String) in.get("token");
    }

    private static Map<String, Object> object(Map<String, Object> in, String name) {
        Map<String, Object> members = new LinkedHashMap<>();
        if (in != null && in.get(name) instanceof Map<?, ?>) {
            ((Map<?, ?>) in.get(name)).forEach((key, value) -> members.put((String) key, value));
        }
        return members;
    }

    private static List<String> texts(Object value) {
        List<String> texts = new ArrayList<>();
        if (value instanceof List<?>) {
            ((List<?>) value).forEach(text -> texts.add((String) text));
        } else if (value != null) {
            texts.add((String) value);
        }
        return texts;
    }

    private static String encode(byte[] octets) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
    }

    private static byte[] decode(Map<String, Object> in, String name) {
        return Base64.getUrlDecoder().decode((String) in.get(name));
    }
}
