# syntax=docker/dockerfile:1
# One image for every app; the command says which. See docker-compose.yml.

FROM node:26.10.0-trixie-slim AS build
ENV CI=true
WORKDIR /app
RUN npm install --global pnpm@12.21.0
COPY . .
RUN pnpm install --frozen-lockfile \
  && pnpm exec tsc -b apps/api apps/consumer apps/standalone
# What runs is what was built, with its dependencies: no sources, no tools.
RUN node packages/workspace/src/image.mjs /image \
  && cd /image \
  && pnpm install --frozen-lockfile --prod --no-optional --ignore-scripts

FROM node:26.10.0-trixie-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /image ./
USER node
EXPOSE 3000 3001
CMD ["node", "--disable-warning=TimeoutNegativeWarning", "apps/standalone/dist/main.js"]
